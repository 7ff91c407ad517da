import { expect, test } from "vitest";
import * as size from "../../scripts/size.ts";

test("a program that calls track stays in its budget", async () => {
  const { gzip } = await size.sizeOfTrack();
  expect(gzip).toBeLessThanOrEqual(size.BUDGET);
});

test("who uses a part of the package bundles that part", async () => {
  expect((await size.sizeOfWebhook()).gzip).toBeLessThan(6_000);
  expect((await size.sizeOfEnum()).gzip).toBeLessThan(500);
  expect((await size.sizeOfSnakeCase()).gzip).toBeLessThan(13_000);
});

test("programs about Authy stay in their budgets, most of which is for the world's numbering plans", async () => {
  expect((await size.sizeOfAuthy()).gzip).toBeLessThan(47_200);
  expect((await size.sizeOfAuthyCallback()).gzip).toBeLessThan(47_200);
  expect((await size.sizeOfBridge()).gzip).toBeLessThan(49_900);
});

test("the typed client of Authy does without the numbering plans", async () => {
  expect((await size.sizeOfAuthyClient()).gzip).toBeLessThan(9_700);
});
