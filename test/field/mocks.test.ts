import { expect } from "vitest";
import { checkCalls, type Outcome, row } from "./support.ts";

// Mocks that respond inside the process of a test.

function usedUp(outcome: Outcome): void {
  checkCalls(outcome);
  expect(outcome.report.pending).toEqual([]);
}

row("nock 13.5.6, with basicAuth and matchers of bodies", {
  reason: 'every call failed: "Headers must be provided as an object"',
  program: "nock.cjs",
  env: { NOCK: "nock-13" },
  check: usedUp,
});

row("nock 14.0.17, with basicAuth and matchers of bodies", {
  reason: "worked before: guards the newer nock beside the older",
  program: "nock.cjs",
  env: { NOCK: "nock-14" },
  check: usedUp,
});

row("msw 2.15.0", {
  reason: "worked before: guards a mock of node:http that reads every form of headers",
  program: "msw.mjs",
});
