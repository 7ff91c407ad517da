import { expect } from "vitest";
import { parsed } from "../../contract/harness.ts";
import type { Loopback, Received } from "../../contract/loopback.ts";
import { type Json, pathOf, queryOf } from "../../contract/spec.ts";
import type { Outcome, Task } from "../task.ts";

export const SECRET = "runtimes-secret";

/** A test case for every runtime. */
export interface Case {
  readonly group: string;
  readonly name: string;
  /** Opens the server of the case, if there is one. */
  readonly open?: Open;
  readonly task: (apiUrl: string) => Task;
  readonly expected: Seen;
}

export type Lanes = Pick<Loopback, "lane">;
export type Open = (loopback: Lanes) => Address | Promise<Address>;

export interface Address {
  readonly apiUrl: string;
  readonly received: readonly (Received & { readonly violations?: string | undefined })[];
  /** Closes the server, where it is not a lane of the loopback. */
  close?(): PromiseLike<void>;
}

/** The outcome of a case. */
export interface Seen {
  readonly outcome: Outcome;
  /** The requests of the server; undefined where they are not checked. */
  readonly requests?: readonly SeenRequest[];
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Json | undefined;
  /** The violations that Prism found. */
  readonly violations: string | undefined;
}

export const AUTHORIZATION = `Basic ${btoa(`${SECRET}:`)}`;

/** Compares the outcome with the expected one. */
export function expectOutcome(outcome: Outcome | undefined, received: Address["received"], expected: Seen): void {
  expect(outcome).toEqual(expected.outcome);
  if (expected.requests) expect(received.map(seenOf)).toEqual(expected.requests);
}

function seenOf({ method, path, headers, body, violations }: Address["received"][number]): SeenRequest {
  const { authorization, "content-type": contentType } = headers;
  return {
    ...{ method, path: pathOf(path), query: queryOf(path), authorization, contentType },
    ...{ body: parsed(body), violations },
  };
}
