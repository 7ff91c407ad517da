import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAULTS } from "./catalogue.ts";
import { BOTH } from "./fault.ts";
import { unexpected } from "./known-defects.ts";
import { OPERATIONS, type OperationName } from "./operations.ts";
import { buildProgram, type Cell, type Ending, type Program, runCell } from "./run-cell.ts";
import { isLate, RULES, type Violation, violationsOf } from "./violations.ts";

/** How often a cell is run again when its call was late, which happens on a busy machine. A defect of the client is late every time. */
const REPETITIONS = 2;

const folder = join(import.meta.dirname, "../../.tmp", `faults-${process.pid}`);
const results: Violation[][] = [];
let program: Program;
let repetitions = 0;

beforeAll(async () => {
  program = await buildProgram(folder);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  console.log(summary());
});

const names = Object.keys(OPERATIONS).filter((name): name is OperationName => name in OPERATIONS);
const OFTEN: readonly Cell["often"][] = ["once", "always"];

const CELLS = FAULTS.flatMap((fault) =>
  names.flatMap((operation) =>
    OFTEN.flatMap((often) =>
      BOTH.map((transport): { name: string; cell: Cell } => ({
        name: `${fault.name}, ${often}, ${transport}, ${operation}`,
        cell: { fault, operation, often, transport },
      })),
    ),
  ),
);

describe("a call under a fault keeps every rule", () => {
  it.concurrent.each(CELLS)("$name", async ({ name, cell }) => {
    const violations = violationsOf(await runTimely(cell));
    results.push(violations);
    expect(unexpected(name, violations)).toEqual([]);
  });
});

async function runTimely(cell: Cell, left = REPETITIONS): Promise<Ending> {
  const ending = await runCell(program, cell);
  if (!isLate(ending) || left === 0) return ending;
  repetitions++;
  return runTimely(cell, left - 1);
}

function summary(): string {
  const right = results.filter((violations) => violations.length === 0).length;
  const share = ((100 * right) / results.length).toFixed(1);
  const count = (rule: string) =>
    results.filter((violations) => violations.some((wrong) => wrong.startsWith(rule))).length;
  return [
    `${FAULTS.length} faults, ${results.length} cells, ${right} without a violation (${share} %)`,
    ...RULES.map((rule) => `${String(count(rule)).padStart(5)} break: ${rule}`),
    `${String(repetitions).padStart(5)} retried, because they were late`,
  ].join("\n");
}
