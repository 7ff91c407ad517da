import type { Authsignal } from "../../src/index.ts";
import { CHALLENGED, TRACKED, USER } from "../support/clients.ts";

/** A call under a fault, and the good response to it. */
export interface TestedOperation {
  call(authsignal: Authsignal): Promise<unknown>;
  readonly good: object;
  /** Whether the client may send it again though an earlier attempt may have been carried out. */
  readonly isRepeatable: boolean;
}

/** One of each kind: a read, a POST with an idempotency key, a POST that is never repeated, a deletion. */
export const OPERATIONS = {
  getUser: {
    call: (authsignal) => authsignal.getUser({ userId: "u" }),
    good: { ...USER, email: "éva@example.com", custom: { tier: "gold" } },
    isRepeatable: true,
  },
  track: {
    call: (authsignal) => authsignal.track({ userId: "u", action: "withdraw" }),
    good: TRACKED,
    isRepeatable: true,
  },
  challenge: {
    call: (authsignal) =>
      authsignal.challenge({ verificationMethod: "SMS", action: "in", phoneNumber: "+64270000000" }),
    good: CHALLENGED,
    isRepeatable: false,
  },
  deleteUser: {
    call: (authsignal) => authsignal.deleteUser({ userId: "u" }),
    good: { success: true },
    isRepeatable: true,
  },
} satisfies Record<string, TestedOperation>;

export type OperationName = keyof typeof OPERATIONS;

/** The user of the call that goes before, when a fault wants a connection that is kept. */
export const EARLIER_USER = "earlier";

/** Names the operation of a request; undefined when it went astray. */
export function operationOf(method: string, path: string): OperationName | undefined {
  const routes: [OperationName, RegExp][] = [
    ["getUser", /^GET \/users\/u$/],
    ["track", /^POST \/users\/u\/actions\/withdraw$/],
    ["challenge", /^POST \/challenge$/],
    ["deleteUser", /^DELETE \/users\/u$/],
  ];
  return routes.find(([, route]) => route.test(`${method} ${path}`))?.[0];
}
