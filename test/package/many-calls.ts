import { allCalls, type OperationName } from "../contract/calls.ts";

// Source texts of programs with many calls, whose compile costs are counted.

/** The field that a program reads from each response; none without a body. */
const READS: Readonly<Record<OperationName, string | undefined>> = {
  queryUsers: ".users[0]?.userId",
  getUser: ".email",
  updateUser: ".displayName",
  deleteUser: ".success",
  getAuthenticators: "[0]?.verificationMethod",
  enrollVerifiedAuthenticator: ".authenticator.userAuthenticatorId",
  deleteAuthenticator: ".success",
  batchEnrollVerifiedAuthenticators: ".failed",
  getAuthenticatorConfigurations: "[0]?.isActive",
  track: ".state",
  getAction: ".state",
  queryUserActions: "[0]?.actionCode",
  updateAction: ".state",
  challenge: ".challengeId",
  verify: ".isVerified",
  claimChallenge: ".token",
  getChallenge: ".challengeId",
  validateChallenge: ".isValid",
  createSession: ".accessToken",
  validateSession: ".user.userId",
  refreshSession: ".accessToken",
  revokeSession: undefined,
  revokeUserSessions: undefined,
  getDevices: "[0]?.deviceId",
  updateDevice: ".rememberedUntil",
  invalidateDevice: ".deviceId",
  startCall: ".messageId",
  finishCall: ".success",
};

/** Calls of every operation with every request of the contract table. */
const MIXED = allCalls.flatMap(([name, { requests }]) => {
  const client = /^(start|finish)Call$/.test(name) ? "callConnect" : "authsignal";
  const read = new Map(Object.entries(READS)).get(name);
  return Object.values(requests).map((request) => reading(`${client}.${name}(${JSON.stringify(request)})`, read));
});

const TRACK = [
  reading('authsignal.track({ userId: "ann", action: "withdraw" })', READS.track),
  reading(
    'authsignal.track({ userId: "ann", action: "pay", attributes: { custom: { amount: 12 } } }, { timeout: 500 })',
    READS.track,
  ),
];

const TYPED = [
  reading(
    'client.POST("/users/{userId}/actions/{action}", { params: { path: { userId: "ann", action: "withdraw" } } })',
    ".data?.state",
  ),
];

const FACADE = `
import { Authsignal, CallConnect } from "authsignal-ts";
const authsignal = new Authsignal({ apiSecretKey: "secret" });
const callConnect = new CallConnect({ apiSecretKey: "secret" });
export const seen: unknown[] = [authsignal, callConnect];
`;

const CLIENT = `
import { createAuthsignalClient } from "authsignal-ts/client";
const client = createAuthsignalClient({ apiSecretKey: "secret" });
export const seen: unknown[] = [client];
`;

/** The number of calls before `mixedCalls` repeats. */
export const MIXTURE = MIXED.length;

/** Returns calls of all operations in turn. */
export function mixedCalls(count: number): string {
  return repeat(FACADE, MIXED, count);
}

/** Returns calls of `track` in usual forms. */
export function trackCalls(count: number): string {
  return repeat(FACADE, TRACK, count);
}

/** Returns calls of `track` with the typed client. */
export function typedCalls(count: number): string {
  return repeat(CLIENT, TYPED, count);
}

/** Returns a block that makes a call and reads a field of its response. */
function reading(call: string, read: string | undefined): string {
  return read ? `{\n  const answer = await ${call};\n  seen.push(answer${read});\n}` : `await ${call};`;
}

function repeat(start: string, blocks: readonly string[], count: number): string {
  return [start, ...Array.from({ length: count }, (_, index) => blocks[index % blocks.length])].join("\n");
}
