import { expect } from "vitest";
import { firstSuccess, operationNamed } from "../../contract/spec.ts";
import type { Transport } from "../task.ts";
import { AUTHORIZATION, type Case, type SeenRequest } from "./case.ts";
import { prism } from "./contract.ts";

const track = operationNamed("track");
const TRACK: SeenRequest = {
  method: "POST",
  path: "/users/jo%7C1%2F2/actions/signIn",
  query: {},
  authorization: AUTHORIZATION,
  contentType: "application/json",
  body: { idempotencyKey: "key_1", custom: { amount: 0 } },
  violations: undefined,
};

/** The typed client, which returns status and headers. */
export function typedCases(transport: Transport): Case[] {
  const common: Pick<Case, "group" | "task"> = {
    group: "other clients",
    task: (apiUrl) => ({ kind: "typed", apiUrl, transport }),
  };
  return [
    {
      ...common,
      name: `the typed client gets an answer, ${transport}`,
      open: prism("authsignal"),
      expected: {
        outcome: { value: { data: firstSuccess(track).body, status: 200, retryAfter: null } },
        requests: [TRACK],
      },
    },
    {
      ...common,
      name: `the typed client is refused, ${transport}`,
      open: prism("authsignal", "code=429"),
      expected: {
        outcome: {
          value: { error: expect.objectContaining({ errorCode: "too_many_requests" }), status: 429, retryAfter: "30" },
        },
        requests: [TRACK],
      },
    },
  ];
}

/** A client that is made when a program is loaded and used for all of its requests. */
export const keptCases: readonly Case[] = ["first", "second"].map((which) => ({
  group: "other clients",
  name: `a client that is kept makes its ${which} call`,
  task: () => ({ kind: "kept" }),
  expected: { outcome: { value: firstSuccess(operationNamed("getUser")).body } },
}));
