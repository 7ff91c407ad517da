import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

/** Prints the rows as a table of Markdown: what works with each client, and why a row is here. */
export default class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const suites = modules.flatMap(({ children }) => [...children.allSuites()]).filter(isRow);
    const rows = suites.map(({ name, children }) => {
      const [ours, official] = [...children.tests()];
      const { row } = ours?.meta() ?? {};
      const cells = [name, stateOf(ours) ?? "works", stateOf(official) ?? row?.official, row?.reason];
      return `| ${cells.join(" | ")} |`;
    });
    const head = ["| program | authsignal-ts | @authsignal/node | reason |", "|---|---|---|---|"];
    console.log(`\n${[...head, ...rows].join("\n")}`);
  }
}

/** The state of a test that is not as expected. */
function stateOf(test: TestCase | undefined): string | undefined {
  const state = test?.result().state ?? "passed";
  return state === "passed" ? undefined : `**${state}**`;
}

function isRow({ children }: TestSuite): boolean {
  return children.at(0)?.type === "test";
}
