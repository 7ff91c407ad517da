import * as official from "@authsignal/node";
import type { operations } from "../../generated/authsignal.ts";
import type { operations as callConnectOperations } from "../../generated/call-connect.ts";
import { allCalls, type Call } from "./calls.ts";
import { apiSecretKey } from "./harness.ts";
import { type Operation, operationNamed } from "./spec.ts";

/** The operations that the official client 2.21.0 does not have. */
export const OURS_ALONE = [
  "batchEnrollVerifiedAuthenticators",
  "getAuthenticatorConfigurations",
  "getDevices",
  "updateDevice",
  "invalidateDevice",
] as const satisfies Exclude<keyof operations | keyof callConnectOperations, OfficialMethod>[];

type OfficialMethod = keyof official.Authsignal | keyof official.CallConnect;

/** The rows of the table that the official client has too. */
export const sharedCalls: readonly (readonly [name: string, call: Call])[] = allCalls.filter(
  ([name]) => name in official.Authsignal.prototype || name in official.CallConnect.prototype,
);

/** The calls whose responses the official client drops and our facade returns. */
export const RETURNS_NOTHING: readonly string[] = ["deleteUser", "deleteAuthenticator"];

/** Makes the official client of an API. Without retries, which it would install on the axios of the process. */
export function officialOf(name: string | Operation, apiUrl: string): object {
  const { api } = typeof name === "string" ? operationNamed(name) : name;
  const options = { apiSecretKey, apiUrl, retries: 0 };
  return api === "authsignal" ? new official.Authsignal(options) : new official.CallConnect(options);
}
