import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEmulator, type Visit, VisitError, visit } from "../../../src/emulator/index.ts";
import { Authsignal } from "../../../src/index.ts";
import { PATIENCE, parameters } from "./runs.ts";
import { SIGNING_KEYS } from "./world.ts";

const userId = "jo";
const phoneNumber = "+64270000000";
const clientId = "app";

/** An emulator with two clients: the requests of `crowd` arrive in any order. */
function scene(scheduler: fc.Scheduler) {
  const emulator = createEmulator({ seed: { signingKey: SIGNING_KEYS.a } });
  const { apiSecretKey, apiUrl } = emulator;
  const options = { apiSecretKey, apiUrl, retries: 0 };
  const server = new Authsignal({ ...options, fetch: emulator.fetch });
  const crowdFetch = scheduler.scheduleFunction((request: Request) => emulator.fetch(request));
  const crowd = new Authsignal({ ...options, fetch: crowdFetch });

  async function verified(): Promise<string> {
    const { challengeId } = await server.challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber });
    await server.verify({ challengeId, verificationCode: "123456" });
    return challengeId;
  }

  return {
    emulator,
    server,
    crowd,
    crowdFetch,
    verified,
    /** A token that proves a passed challenge. */
    token: async () => (await server.claimChallenge({ challengeId: await verified(), userId })).token,
    /** Whatever the calls come to, in which order ever they arrive. */
    all: <T>(calls: Promise<T>[]) => scheduler.waitFor(Promise.allSettled(calls)),
  };
}

type Scene = ReturnType<typeof scene>;

function holds(property: (scene: Scene, count: number) => Promise<void>): Promise<void> {
  const crowd = fc.integer({ min: 2, max: 20 });
  return fc.assert(
    fc.asyncProperty(fc.scheduler(), crowd, async (scheduler, count) => {
      const one = scene(scheduler);
      await property(one, count);
      expect(one.emulator.requests.list().filter(({ status, violation }) => status >= 500 || violation)).toEqual([]);
    }),
    parameters(15),
  );
}

function times<T>(count: number, call: (index: number) => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, (_, index) => call(index));
}

function fulfilled<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

function statuses(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((result) => (result.status === "rejected" ? [Object(result.reason).statusCode] : []));
}

describe("of many who come at once", { timeout: PATIENCE }, () => {
  it("one refreshes a session", () =>
    holds(async ({ server, crowd, token, all }, count) => {
      const { refreshToken } = await server.createSession({ token: await token(), clientId });
      const results = await all(times(count, () => crowd.refreshSession({ refreshToken })));
      const [tokens, ...others] = fulfilled(results);
      expect(others).toEqual([]);
      expect(statuses(results)).toEqual(Array(count - 1).fill(401));
      await server.validateSession({ accessToken: tokens?.accessToken ?? "" });
    }));

  it("nobody keeps a session that one of them ends", () =>
    holds(async ({ server, crowd, token, all }, count) => {
      const { accessToken, refreshToken } = await server.createSession({ token: await token(), clientId });
      const refreshed = times(count, () => crowd.refreshSession({ refreshToken }));
      const results = await all([...refreshed, crowd.revokeSession({ accessToken }).then(() => undefined)]);
      for (const tokens of [{ accessToken, refreshToken }, ...fulfilled(results)]) {
        if (!tokens) continue;
        const { accessToken, refreshToken } = tokens;
        await expect(server.validateSession({ accessToken })).rejects.toMatchObject({ statusCode: 401 });
        await expect(server.refreshSession({ refreshToken })).rejects.toMatchObject({ statusCode: 401 });
      }
    }));

  it("one gets something for a token: a validation or a session", () =>
    holds(async ({ crowd, token, all }, count) => {
      const passed = await token();
      const validations = times(count, async () => (await crowd.validateChallenge({ token: passed })).isValid);
      const sessions = times(count, async () => (await crowd.createSession({ token: passed, clientId })) !== undefined);
      const results = await all([...validations, ...sessions]);
      expect(fulfilled(results).filter((isGood) => isGood)).toEqual([true]);
    }));

  it("one verifies a challenge", () =>
    holds(async ({ server, crowd, all }, count) => {
      const { challengeId } = await server.challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber });
      const results = await all(times(count, () => crowd.verify({ challengeId, verificationCode: "123456" })));
      expect(fulfilled(results).filter(({ isVerified }) => isVerified)).toHaveLength(1);
      expect(fulfilled(results)).toHaveLength(count);
    }));

  it("one claims a challenge", () =>
    holds(async ({ crowd, verified, all }, count) => {
      const challengeId = await verified();
      const results = await all(
        times(count, (index) => crowd.claimChallenge({ challengeId, userId: `user-${index % 3}` })),
      );
      expect(fulfilled(results)).toHaveLength(1);
      expect(statuses(results)).toHaveLength(count - 1);
    }));

  it("all track one action", () =>
    holds(async ({ emulator, server, crowd, all }, count) => {
      emulator.rules.next("BLOCK", "REVIEW");
      const track = (index: number) =>
        crowd.track({ userId, action: "pay", attributes: { idempotencyKey: "1", email: `${index}@example.com` } });
      const results = fulfilled(await all(times(count, track)));
      expect(results.map(({ state }) => state)).toEqual(Array(count).fill("BLOCK"));
      expect(await server.queryUserActions({ userId })).toHaveLength(1);
      expect(await server.track({ userId, action: "pay" })).toMatchObject({ state: "REVIEW_REQUIRED" });
    }));

  it("one passes a challenge page with a recovery code", () =>
    holds(async ({ emulator, server, crowdFetch, all }, count) => {
      emulator.rules.set("pay", "CHALLENGE");
      const attributes = { verificationMethod: "SMS", phoneNumber } as const;
      const { recoveryCodes } = await server.enrollVerifiedAuthenticator({ userId, attributes });
      let send: (request: Request) => Promise<Response> = emulator.fetch;
      const visits: Visit[] = [];
      for (let index = 0; index < count; index += 1) {
        const { url } = await server.track({ userId, action: "pay" });
        visits.push(
          await visit(url, { fetch: (request) => send(request) }).then((page) => page.choose("RECOVERY_CODE")),
        );
      }
      send = crowdFetch;
      const results = await all(visits.map((page) => page.enter(recoveryCodes?.[0])));
      expect(fulfilled(results)).toHaveLength(1);
      const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      for (const failure of failures) expect(failure).toBeInstanceOf(VisitError);
      const actions = await server.queryUserActions({ userId, state: "CHALLENGE_SUCCEEDED" });
      expect(actions).toHaveLength(1);
    }));
});
