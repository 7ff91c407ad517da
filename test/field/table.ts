import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

const README = join(import.meta.dirname, "README.md");

/** The marks of the table in README.md. */
const PLACE = /(?<=<!-- table -->\n).*(?=<!-- \/table -->)/s;

/** Prints the rows as a table: the outcome of each client, and the reason for the row. Writes it into README.md when all passed. */
export default class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const sorted = modules.toSorted((one, other) => one.moduleId.localeCompare(other.moduleId));
    const rows = sorted.flatMap(({ children }) => [...children.allSuites()]).filter(isRow);
    const head = ["| program | authsignal-ts | @authsignal/node | at first |", "|---|---|---|---|"];
    const table = `${[...head, ...rows.map(lineOf)].join("\n")}\n`;
    console.log(`\n${table}`);

    const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".test.ts"),
    );
    const isWhole = modules.length >= files.length && modules.every(({ children }) => isPassed(children.allTests()));
    if (!isWhole) return;
    const text = readFileSync(README, "utf8");
    const updated = text.replace(PLACE, () => table);
    if (updated !== text) writeFileSync(README, updated);
  }
}

function isRow({ children }: TestSuite): boolean {
  return children.at(0)?.type === "test";
}

function isPassed(tests: Iterable<TestCase>): boolean {
  return [...tests].every((test) => test.result().state === "passed");
}

/** The last test of a row is that of the official client, where there is one; all others are those of our client. */
function lineOf(suite: TestSuite): string {
  const tests = [...suite.children.tests()];
  const { row } = tests[0]?.meta() ?? {};
  const official = tests.find(({ name }) => name.includes("@authsignal/node"));
  const ours = tests.find((test) => test !== official && stateOf(test) !== undefined);
  const cells = [suite.name, stateOf(ours) ?? "works", stateOf(official) ?? row?.official, row?.reason];
  return `| ${cells.join(" | ")} |`;
}

/** Describes a test that did not end as expected. */
function stateOf(test: TestCase | undefined): string | undefined {
  const state = test?.result().state ?? "passed";
  return state === "passed" ? undefined : `**${state}**`;
}
