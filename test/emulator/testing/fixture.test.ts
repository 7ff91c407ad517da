import { afterAll, test as base, expect } from "vitest";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import { emulatorFixture, startedEmulatorFixture } from "../../../src/emulator/testing/fixture.ts";
import { failureOf } from "../../support/clients.ts";
import { clientOf, userId } from "../../support/emulator/emulator.ts";

const test = base.extend<{ emulator: Emulator; started: Emulator }>({
  emulator: emulatorFixture({ defaultOutcome: "BLOCK" }),
  started: startedEmulatorFixture({ defaultOutcome: "REVIEW" }),
});

const used: Emulator[] = [];
const stateOf = async (emulator: Emulator) => {
  used.push(emulator);
  const { state } = await clientOf(emulator).track({ userId, action: "withdraw" });
  return [state, emulator.export().actions?.length];
};

test("an emulator without a port comes with a test", async ({ emulator }) => {
  expect(await stateOf(emulator)).toEqual(["BLOCK", 1]);
});

test("it is another one in the next test", async ({ emulator }) => {
  expect(await stateOf(emulator)).toEqual(["BLOCK", 1]);
});

test("an emulator with a port comes with a test", async ({ started }) => {
  expect((await fetch(`${started.origin}/health`)).status).toBe(200);
  expect(await stateOf(started)).toEqual(["REVIEW_REQUIRED", 1]);
});

afterAll(async () => {
  for (const emulator of used) {
    expect(await failureOf(emulator.fetch(emulator.apiUrl))).toHaveProperty("message", "The emulator was closed");
  }
  expect(new Set(used).size).toBe(used.length);
});
