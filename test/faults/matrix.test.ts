import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAULTS } from "./catalogue.ts";
import { BOTH } from "./fault.ts";
import { isLate, RULES, type Wrong, wrongsOf } from "./judge.ts";
import { unexpected } from "./known-defects.ts";
import { OPERATIONS, type OperationName } from "./operations.ts";
import { buildProgram, type Cell, type Ending, type Program, runCell } from "./run-cell.ts";

/** How often a cell is run anew when it was late, as it is on a busy machine: a client that is late is so every time. */
const REPETITIONS = 2;

const folder = join(import.meta.dirname, "../../.tmp", `faults-${process.pid}`);
const verdicts: Wrong[][] = [];
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

describe("under every fault, every kind of call ends as it should", () => {
  it.concurrent.each(CELLS)("$name", async ({ name, cell }) => {
    const wrongs = wrongsOf(await runTimely(cell));
    verdicts.push(wrongs);
    expect(unexpected(name, wrongs)).toEqual([]);
  });
});

async function runTimely(cell: Cell, left = REPETITIONS): Promise<Ending> {
  const ending = await runCell(program, cell);
  if (!isLate(ending) || left === 0) return ending;
  repetitions++;
  return runTimely(cell, left - 1);
}

function summary(): string {
  const right = verdicts.filter((wrongs) => wrongs.length === 0).length;
  const share = ((100 * right) / verdicts.length).toFixed(1);
  const count = (rule: string) => verdicts.filter((wrongs) => wrongs.some((wrong) => wrong.startsWith(rule))).length;
  return [
    `${FAULTS.length} faults, ${verdicts.length} cells, ${right} with nothing wrong (${share} %)`,
    ...RULES.map((rule) => `${String(count(rule)).padStart(5)} break: ${rule}`),
    `${String(repetitions).padStart(5)} run again, because they were late`,
  ].join("\n");
}
