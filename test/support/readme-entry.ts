/** Replaces `authsignal-ts` when code of the README runs. Clients of a region call the example server. */

import { createAuthsignalClient as create } from "../../src/client.ts";
import { type AuthsignalOptions, Authsignal as Real } from "../../src/index.ts";

export * from "../../src/index.ts";

function atExampleServer(given: AuthsignalOptions = {}): AuthsignalOptions {
  if (given.fetch || given.apiUrl) return given;
  const { region: _region, ...options } = given;
  return { ...options, apiUrl: process.env.EXAMPLE_SERVER };
}

export class Authsignal extends Real {
  constructor(options?: AuthsignalOptions) {
    super(atExampleServer(options));
  }
}

export function createAuthsignalClient(options?: AuthsignalOptions) {
  return create(atExampleServer(options));
}
