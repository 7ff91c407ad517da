import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAULTS } from "./catalogue.ts";
import { BOTH } from "./fault.ts";
import { wrongsOf } from "./judge.ts";
import { KNOWN_DEFECTS } from "./known-defects.ts";
import { OPERATIONS, type OperationName } from "./operations.ts";
import { buildProgram, type Cell, type Program, runCell } from "./run-cell.ts";

const folder = join(import.meta.dirname, "../../.tmp", `faults-${process.pid}`);
let program: Program;

beforeAll(async () => {
  program = await buildProgram(folder);
});

afterAll(() => rm(folder, { recursive: true }));

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
    const wrongs = wrongsOf(await runCell(program, cell));
    if (KNOWN_DEFECTS.some((defect) => name.startsWith(defect))) expect(wrongs).not.toEqual([]);
    else expect(wrongs).toEqual([]);
  });
});
