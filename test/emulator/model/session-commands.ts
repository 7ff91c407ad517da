import { strict as assert } from "node:assert";
import fc from "fast-check";
import { isAlive } from "./actions.ts";
import { kind } from "./command.ts";
import type { TokenModel } from "./data.ts";
import { action, client, type Forgery, forge, forgery, pick, picked, user } from "./population.ts";
import { answered } from "./world.ts";

const presented = { pick, forgery, place: fc.nat(2_000) };

/** A token as a caller presents it. */
function present(token: string | undefined, forgery: Forgery, place: number): string {
  return token === undefined ? "nonsense" : forge(token, forgery, place);
}

const HOUR = 3_600_000;
const THIRTY_DAYS = 30 * 24 * HOUR;

export const validateToken = kind(
  "validate",
  ["validateChallenge"],
  fc.record({ ...presented, userId: fc.option(user), code: fc.option(action), matches: fc.boolean() }),
  async ({ tenant, server, stranger }, { pick, forgery, place, userId, code, matches }) => {
    const known = picked(tenant.tokens, pick);
    const token = present(known?.text, forgery, place);
    const user = matches ? known?.action.userId : (userId ?? undefined);
    const action = matches ? known?.action.code : (code ?? undefined);
    const request = { token, userId: user, action };
    assert.equal((await stranger.validateChallenge(request)).isValid, false, "of another tenant");
    const answer = await server.validateChallenge(request);
    const good = known && forgery === "none" && !known.isUsed && isAlive(tenant, known) ? known : undefined;
    const fits =
      good && (user ?? good.action.userId) === good.action.userId && (action ?? good.action.code) === good.action.code;
    if (!good || !fits) {
      assert.deepEqual({ ...answer, error: undefined }, { isValid: false, error: undefined });
      return;
    }
    const { state } = good.action;
    good.isUsed = state === "CHALLENGE_SUCCEEDED";
    assert.deepEqual(
      [answer.isValid, answer.state, answer.userId, answer.action, answer.idempotencyKey, answer.verificationMethod],
      [good.isUsed, state, good.action.userId, good.action.code, good.action.key, good.action.verificationMethod],
    );
  },
  "tokens",
);

export const createSession = kind(
  "create session",
  ["createSession"],
  fc.record({ ...presented, clientId: client, code: fc.option(action, { freq: 3 }) }),
  async ({ tenant, server, stranger }, { pick, forgery, place, clientId, code }) => {
    const known = picked(tenant.tokens, pick);
    const request = { token: present(known?.text, forgery, place), clientId, action: code ?? undefined };
    await answered(stranger.createSession(request), 401);
    const isGood = forgery === "none" && known !== undefined && isPassed(known) && isAlive(tenant, known);
    const fits = isGood && (code ?? known.action.code) === known.action.code;
    const answer = await answered(server.createSession(request), fits ? 200 : 401);
    if (!fits || !answer) return;
    known.isUsed = true;
    const { userId, verificationMethod } = known.action;
    tenant.sessions.push({ userId, clientId, verificationMethod, tokens: [], isRevoked: false, isGone: false });
    tenant.sessions.at(-1)?.tokens.push(tokensOf(answer, tenant.now));
  },
  "tokens",
);

export const validateSession = kind(
  "validate session",
  ["validateSession"],
  fc.record({ ...presented, age: fc.constantFrom(0, 0, 1, 2), clientIds: fc.option(fc.subarray(["app", "web"])) }),
  async ({ tenant, server, stranger }, { pick, forgery, place, age, clientIds }) => {
    const session = picked(tenant.sessions, pick);
    const tokens = session && picked(session.tokens, age);
    const request = { accessToken: present(tokens?.access, forgery, place), clientIds: clientIds ?? undefined };
    await answered(stranger.validateSession(request), 401);
    const isGood =
      forgery === "none" &&
      tokens !== undefined &&
      tokens === session?.tokens.at(-1) &&
      !session.isRevoked &&
      !session.isGone &&
      tenant.now < tokens.issuedAt + HOUR &&
      (clientIds?.includes(session.clientId) ?? true);
    const answer = await answered(server.validateSession(request), isGood ? 200 : 401);
    if (isGood) assert.equal(answer?.user.userId, session?.userId);
  },
  "sessions",
);

export const refreshSession = kind(
  "refresh session",
  ["refreshSession"],
  fc.record({ ...presented, age: fc.constantFrom(0, 0, 1, 2) }),
  async ({ tenant, server, stranger }, { pick, forgery, place, age }) => {
    const session = picked(tenant.sessions, pick);
    const tokens = session && picked(session.tokens, age);
    const request = { refreshToken: present(tokens?.refresh, forgery, place) };
    await answered(stranger.refreshSession(request), 401);
    const isGood =
      forgery === "none" &&
      tokens !== undefined &&
      tokens === session?.tokens.at(-1) &&
      !session.isRevoked &&
      !session.isGone &&
      tenant.now < tokens.issuedAt + THIRTY_DAYS;
    const answer = await answered(server.refreshSession(request), isGood ? 200 : 401);
    if (answer) session?.tokens.push(tokensOf(answer, tenant.now));
  },
  "sessions",
);

export const revokeSession = kind(
  "revoke session",
  ["revokeSession"],
  fc.record({ ...presented, age: fc.constantFrom(0, 0, 1) }),
  async ({ tenant, server, stranger }, { pick, forgery, place, age }) => {
    const session = picked(tenant.sessions, pick);
    const tokens = session && picked(session.tokens, age);
    const request = { accessToken: present(tokens?.access, forgery, place) };
    await answered(stranger.revokeSession(request), 401);
    // Every token of the session, an expired one included, may end it: a caller gains nothing by that.
    const isKnown = forgery === "none" && session !== undefined && !session.isGone;
    await answered(server.revokeSession(request), isKnown ? 200 : 401);
    if (isKnown) session.isRevoked = true;
  },
  "sessions",
);

export const revokeSessions = kind(
  "revoke sessions",
  ["revokeUserSessions"],
  user,
  async ({ tenant, server }, userId) => {
    await server.revokeUserSessions({ userId });
    for (const session of tenant.sessions) if (session.userId === userId) session.isRevoked = true;
  },
);

function isPassed({ isUsed, action: { state } }: TokenModel): boolean {
  return !isUsed && state === "CHALLENGE_SUCCEEDED";
}

function tokensOf({ accessToken, refreshToken }: { accessToken: string; refreshToken: string }, issuedAt: number) {
  return { access: accessToken, refresh: refreshToken, issuedAt };
}
