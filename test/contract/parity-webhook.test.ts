import { createHmac } from "node:crypto";
import * as official from "@authsignal/node";
import { expect, it } from "vitest";
import { Authsignal, InvalidSignatureError } from "../../src/index.ts";
import { apiSecretKey } from "./harness.ts";
import { deliveries } from "./spec.ts";

// The official client and ours verify the same deliveries.

const theirs = new official.Webhook(apiSecretKey);
const ours = new Authsignal({ apiSecretKey }).webhook;
const now = Math.floor(Date.now() / 1000);
const payload = JSON.stringify(Object.values(deliveries)[0]);

function sign(body: string, time = now, secret = apiSecretKey): string {
  const digest = createHmac("sha256", secret).update(`${time}.${body}`).digest("base64");
  return `t=${time},v2=${digest.replace("=", "")}`;
}

it.each(Object.entries(deliveries))("both accept %s", (_name, event) => {
  const body = JSON.stringify(event);
  expect(ours.constructEvent(body, sign(body))).toEqual(theirs.constructEvent(body, sign(body)));
  expect(theirs.constructEvent(body, ours.sign(body))).toEqual(event);
});

it.each<[string, string, number?]>([
  ["one of two signatures", `${sign(payload)},v2=AAAA`],
  ["an old delivery within the tolerance", sign(payload, now - 3600), 61],
  ["an old delivery without a tolerance", sign(payload, now - 3600), 0],
  ["a negative tolerance", sign(payload, now - 3600), -1],
  ["a signature version of the future", `${sign(payload)},v3=abc`],
])("both accept %s", (_name, signature, tolerance) => {
  const expected = theirs.constructEvent(payload, signature, tolerance);
  expect(ours.constructEvent(payload, signature, tolerance)).toEqual(expected);
});

it.each<[string, string, number?]>([
  ["another secret", sign(payload, now, "another")],
  ["another body", sign(`${payload} `)],
  ["an old delivery", sign(payload, now - 3600)],
  ["a delivery just too old", sign(payload, now - 130), 2],
  ["a version 1 signature", sign(payload).replace("v2=", "v1=")],
  ["no time", sign(payload).replace(/^t=\d+,/, "")],
  ["an empty header", ""],
])("refuses %s", (_name, signature, tolerance) => {
  const theirMessage = messageOf(() => theirs.constructEvent(payload, signature, tolerance));
  const ourMessage = messageOf(() => ours.constructEvent(payload, signature, tolerance));
  expect(ourMessage).toContain(theirMessage);
});

const DIFFERENCES: { what: string; why: string; body: string; signature: string; tolerance?: number }[] = [
  {
    what: "a delivery from the future",
    why: "one that is dated ahead could be replayed until then",
    body: payload,
    signature: sign(payload, now + 3600),
  },
  {
    what: "a tolerance of NaN",
    why: "a slip in a calculation must not switch the replay check off",
    body: payload,
    signature: sign(payload, now - 3600),
    tolerance: Number.NaN,
  },
  {
    what: "two times",
    why: "which of them was signed would be a guess",
    body: payload,
    signature: `t=${now - 3600},${sign(payload)}`,
  },
  {
    what: "a body that is no object",
    why: "no event is anything else, and the type says so",
    body: "null",
    signature: sign("null"),
  },
];

for (const { what, why, body, signature, tolerance } of DIFFERENCES) {
  it(`only the official client accepts ${what}: ${why}`, () => {
    expect(theirs.constructEvent(body, signature, tolerance)).toEqual(JSON.parse(body));
    expect(() => ours.constructEvent(body, signature, tolerance)).toThrow(InvalidSignatureError);
  });
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error("Nothing was refused");
}
