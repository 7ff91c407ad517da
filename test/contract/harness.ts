import { afterAll, beforeAll, expect, inject } from "vitest";
import { Authsignal, CallConnect, type Fetch } from "../../src/index.ts";
import { type Loopback, startLoopback } from "./loopback.ts";
import { type Relay, relayTo } from "./relay.ts";
import type { Json, Operation, Spec } from "./spec.ts";

export const apiSecretKey = "contract-secret";

/** The loopback of a test file: it lives as long as the file's tests. */
export function useLoopback(): Pick<Loopback, "lane"> {
  let loopback: Loopback | undefined;
  beforeAll(async () => {
    loopback = await startLoopback();
  });
  afterAll(() => loopback?.close());
  return {
    lane(handler) {
      if (!loopback) throw new Error("Lanes are opened in tests only");
      return loopback.lane(handler);
    },
  };
}

/** Our client of the API that an operation belongs to. */
export function facadeOf({ api }: Operation, apiUrl: string, fetch?: Fetch): Authsignal | CallConnect {
  const options = { apiSecretKey, apiUrl, fetch };
  return api === "authsignal" ? new Authsignal(options) : new CallConnect(options);
}

/** A relay to the Prism that serves an operation. */
export function prismFor({ api }: Operation<Spec>, loopback: Pick<Loopback, "lane">, prefer?: string): Relay {
  return relayTo(inject("prism")[api], loopback, prefer);
}

/** The one thing that went over the wire. */
export function only<T>(items: readonly T[]): T {
  expect(items).toHaveLength(1);
  const [item] = items;
  if (item === undefined) throw new Error("There is none");
  return item;
}

/** What a body on the wire says; undefined when there is none. */
export const parsed = (text: string): Json | undefined => (text === "" ? undefined : JSON.parse(text));
