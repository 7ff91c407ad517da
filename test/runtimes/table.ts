import type { Reporter, TestModule, TestSuite } from "vitest/node";

/** Prints the numbers of passed tests and of all tests, by runtime and group. */
export default class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const { children } of modules) {
      const rows = [...children.suites()];
      const groups = [...(rows[0]?.children.suites() ?? [])].map(({ name }) => name);
      const cells = rows.map((row) => [row.name, ...[...row.children.suites()].map(scoreOf)]);
      print([["", ...groups], ...cells]);
    }
  }
}

function scoreOf({ children }: TestSuite): string {
  const states = [...children.allTests()].map((test) => test.result().state);
  return `${states.filter((state) => state === "passed").length}/${states.length}`;
}

function print(rows: readonly (readonly string[])[]): void {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widthOf(column) + 2)).join("");
  console.log(`\n${rows.map(line).join("\n")}`);
}
