import { afterAll, beforeAll, expect, inject } from "vitest";
import { Authsignal, CallConnect, type Fetch } from "../../src/index.ts";
import { type Loopback, startLoopback } from "./loopback.ts";
import { type Relay, relayTo } from "./relay.ts";
import type { Json, Operation, Spec } from "./spec.ts";

export const apiSecretKey = "contract-secret";

/** Runs a loopback server for the tests of a file. */
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

/** Makes our client of the API that an operation belongs to. */
export function facadeOf({ api }: Operation, apiUrl: string, fetch?: Fetch): Authsignal | CallConnect {
  const options = { apiSecretKey, apiUrl, fetch };
  return api === "authsignal" ? new Authsignal(options) : new CallConnect(options);
}

/** Opens a relay to the Prism that serves an operation. */
export function prismFor({ api }: Operation<Spec>, loopback: Pick<Loopback, "lane">, prefer?: string): Relay {
  return relayTo(inject("prism")[api], loopback, prefer);
}

/** Returns the only item of a list. */
export function only<T>(items: readonly T[]): T {
  expect(items).toHaveLength(1);
  const [item] = items;
  if (item === undefined) throw new Error("There is none");
  return item;
}

/** Parses a body; undefined when there is none. */
export const parsed = (text: string): Json | undefined => (text === "" ? undefined : JSON.parse(text));
