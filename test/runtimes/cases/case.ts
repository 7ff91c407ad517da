import { expect } from "vitest";
import { parsed } from "../../contract/harness.ts";
import type { Loopback, Received } from "../../contract/loopback.ts";
import { type Json, pathOf, queryOf } from "../../contract/spec.ts";
import type { Outcome, Task } from "../task.ts";

export const SECRET = "runtimes-secret";

/** Something that every runtime must do alike. */
export interface Case {
  readonly group: string;
  readonly name: string;
  /** Opens the address that it is about, if any. */
  readonly open?: Open;
  readonly task: (apiUrl: string) => Task;
  readonly expected: Seen;
}

export type Lanes = Pick<Loopback, "lane">;
export type Open = (loopback: Lanes) => Address | Promise<Address>;

export interface Address {
  readonly apiUrl: string;
  readonly received: readonly (Received & { readonly violations?: string | undefined })[];
  /** Closes it, where it is not a lane of the loopback. */
  close?(): PromiseLike<void>;
}

/** What came of a case. */
export interface Seen {
  readonly outcome: Outcome;
  /** What the server received; undefined where that is of no interest. */
  readonly requests?: readonly SeenRequest[];
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Json | undefined;
  /** What Prism found wrong with it. */
  readonly violations: string | undefined;
}

export const AUTHORIZATION = `Basic ${btoa(`${SECRET}:`)}`;

/** Fails unless what was seen is what was expected. */
export function judge(outcome: Outcome | undefined, received: Address["received"], expected: Seen): void {
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
