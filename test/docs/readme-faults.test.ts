import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAULTS } from "../faults/catalogue.ts";
import type { OperationName } from "../faults/operations.ts";
import { buildProgram, type Cell, type Program, runCell } from "../faults/run-cell.ts";

/** The rows of the table by their beginning, each with some faults of the catalogue that it covers. */
const EXAMPLES: readonly (readonly [group: string, names: readonly string[]])[] = [
  ["the connection is refused", ["refused connection", "unknown host"]],
  ["a certificate that", ["self-signed certificate", "certificate of another name"]],
  ["the connection is closed", ["close after the request", "reset inside the headers"]],
  ["it is closed", ["close inside the body", "close inside a chunk"]],
  ["silence", ["accept without reading", "trickle in the body"]],
  ["what comes is not HTTP", ["no HTTP at all", "10,000 headers"]],
  ["a 2xx with a page", ["200 with HTML", "200 with cut JSON", "200 with null", "200 without a body"]],
  ["a 2xx in bytes", ["200 in bytes that are not UTF-8"]],
  ["a 2xx with more", ["200 with 50 MB", "200 in a gzip bomb", "200 with an array 100,000 deep"]],
  ["a redirect", ["302 to another origin", "308 to the same origin"]],
  ["400, 401", ["401 with JSON", "404 with JSON"]],
  ["429", ["429 with JSON"]],
  ["408, 500", ["500 with JSON", "503 with HTML", "503 with a cut body"]],
  ["any other status", ["501 with JSON", "451 with JSON"]],
  ["a `Retry-After`", ["503 with Retry-After as a day"]],
];

const readme = await readFile(join(import.meta.dirname, "../../README.md"), "utf8");
const [, section = ""] = readme.split("## What can go wrong, and what you get\n");
const rows = section
  .slice(0, section.indexOf("\n\nBesides"))
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => {
    const [, what = "", repeatable = "", sentOnce = "", code = "", status = "", processed = ""] = line.split(/ ?\| ?/);
    return {
      what,
      ends: { getUser: repeatable, challenge: sentOnce },
      code,
      status,
      processed: processed === "`true`",
    };
  });

const folder = join(import.meta.dirname, "../../.tmp", `readme-faults-${process.pid}`);
let program: Program;
beforeAll(async () => {
  program = await buildProgram(folder);
});
afterAll(() => rm(folder, { recursive: true }));

it("the table of faults has exactly one row for each group of faults", () => {
  expect(section).toContain(`${FAULTS.length} faults,`);
  const groups = EXAMPLES.map(([group]) => group);
  expect(rows.map(({ what }) => groups.filter((group) => what.startsWith(group)))).toEqual(
    groups.map((group) => [group]),
  );
});

const CELLS = rows.flatMap((row) => {
  const examples = EXAMPLES.flatMap(([group, names]) => (row.what.startsWith(group) ? names : []));
  return examples.flatMap((name) =>
    (["getUser", "challenge"] satisfies OperationName[]).flatMap((operation) =>
      (["once", "always"] satisfies Cell["often"][]).map((often) => ({ row, name, operation, often })),
    ),
  );
});

describe("README.md says how a call ends under a fault", () => {
  it.concurrent.each(CELLS)("$name, $often, $operation", async ({ row, name, operation, often }) => {
    const fault = FAULTS.find((one) => one.name === name);
    if (!fault) throw new Error(`There is no such fault: ${name}`);
    const { report } = await runCell(program, { fault, operation, often, transport: "node:http" });
    if (often === "once" && row.ends[operation] === "retried") return expect(report?.error).toBeUndefined();

    const codes = row.code.match(/(?<=`)\w+/g) ?? [];
    expect(report?.error).toMatchObject({ isTyped: true, mayHaveBeenProcessed: row.processed });
    expect(row.code.includes("its own") ? [...codes, ...fault.outcome.codes] : codes).toContain(
      report?.error?.errorCode,
    );
    if (row.status === "none") expect(report?.error?.statusCode).toBeUndefined();
    else expect(fault.outcome.statuses).toContain(report?.error?.statusCode ?? "none");
  });
});
