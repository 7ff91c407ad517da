import { expect, test } from "vitest";
import { BUDGET, sizeOfEnum, sizeOfTrack, sizeOfWebhook } from "../../scripts/size.ts";

test("a program that calls track stays in its budget", async () => {
  const { gzip } = await sizeOfTrack();
  expect(gzip).toBeLessThanOrEqual(BUDGET);
});

test("who uses a part of the package bundles that part", async () => {
  expect((await sizeOfWebhook()).gzip).toBeLessThan(6_000);
  expect((await sizeOfEnum()).gzip).toBeLessThan(500);
});
