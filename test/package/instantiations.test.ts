import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { compile, useConsumers } from "./consumer.ts";
import { MIXTURE, mixedCalls, trackCalls, typedCalls } from "./many-calls.ts";

// The costs of our types in type instantiations, which are the same on every machine.

const { install } = useConsumers();
let project: string;

beforeAll(async () => {
  project = await install("many-calls");
});

async function instantiationsOf(program: string): Promise<number> {
  await writeFile(join(project, "main.ts"), program);
  const printed = await compile(project, ["--extendedDiagnostics"]);
  expect(printed).not.toContain("error TS");
  const [, count] = /^Instantiations: +(\d+)$/m.exec(printed) ?? [];
  return Number(count);
}

/** Returns the instantiations of 200 calls above those of a program without calls. */
async function costOf(program: (count: number) => string): Promise<number> {
  return (await instantiationsOf(program(200))) - (await instantiationsOf(program(0)));
}

test("200 calls cost 30 instantiations", async () => {
  const cost = await costOf(trackCalls);
  expect(cost).toBeGreaterThan(0);
  expect(cost).toBeLessThanOrEqual(30);
});

test("an operation costs 14 where it is first called, and nothing after that", async () => {
  const cost = await costOf(mixedCalls);
  expect(cost).toBeGreaterThan(0);
  expect(cost).toBeLessThanOrEqual(28 * 14);
  expect(await instantiationsOf(mixedCalls(MIXTURE))).toBe(await instantiationsOf(mixedCalls(200)));
});

test("the typed client costs far more, which the count shows", async () => {
  expect(await costOf(typedCalls)).toBeGreaterThan(1_000);
});

test("a type error changes the count", async () => {
  const mistaken = mixedCalls(200).replace("answer.state", "answer.stat");
  await expect(instantiationsOf(mistaken)).rejects.toThrow("error TS2551");
});
