import { builtinModule } from "./builtin.ts";

/** Returns a random UUID (RFC 9562, version 4). Some test environments have no global `crypto`. */
export function randomUuid(): string {
  const uuid = globalThis.crypto?.randomUUID?.() ?? builtinModule("node:crypto")?.randomUUID();
  if (!uuid) throw new TypeError("This runtime has no crypto.randomUUID. Pass an idempotencyKey of your own");
  return uuid;
}
