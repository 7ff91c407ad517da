import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEmulator, type Visit, VisitError, visit } from "../../../src/emulator/index.ts";
import { Authsignal } from "../../../src/index.ts";
import { PATIENCE, parameters } from "./runs.ts";
import { SIGNING_KEYS } from "./world.ts";

const userId = "jo";
const phoneNumber = "+64270000000";
const clientId = "app";

/** An emulator with two clients. The bodies of what `crowd` sends arrive in any order, when all have begun to send. */
function scene(scheduler: fc.Scheduler) {
  const emulator = createEmulator({ seed: { signingKey: SIGNING_KEYS.a } });
  const { apiSecretKey, apiUrl } = emulator;
  const options = { apiSecretKey, apiUrl, retries: 0 };
  const server = new Authsignal({ ...options, fetch: emulator.fetch });
  const crowd = new Authsignal({ ...options, fetch: crowdFetch });

  async function crowdFetch(request: Request): Promise<Response> {
    const { url, method, headers } = request;
    const bytes = new Uint8Array(await request.arrayBuffer());
    const body = new ReadableStream({
      async pull(controller) {
        await scheduler.schedule(Promise.resolve(), url);
        controller.enqueue(bytes);
        controller.close();
      },
    });
    return emulator.fetch(url, { method, headers, body, duplex: "half" });
  }

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

/** Tries a property with crowds, whose members do one of two things. */
function holds(property: (scene: Scene, people: readonly boolean[]) => Promise<void>): Promise<void> {
  const crowd = fc.array(fc.boolean(), { minLength: 2, maxLength: 20, size: "max" });
  return fc.assert(
    fc.asyncProperty(fc.scheduler(), crowd, async (scheduler, people) => {
      const one = scene(scheduler);
      await property(one, people);
      expect(one.emulator.requests.list().filter(({ status, violation }) => status >= 500 || violation)).toEqual([]);
    }),
    parameters(15),
  );
}

function fulfilled<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

function statuses(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((result) => (result.status === "rejected" ? [Object(result.reason).statusCode] : []));
}

describe("of many who come at once", { timeout: PATIENCE }, () => {
  it("one refreshes a session", () =>
    holds(async ({ server, crowd, token, all }, people) => {
      const { refreshToken } = await server.createSession({ token: await token(), clientId });
      const results = await all(people.map(() => crowd.refreshSession({ refreshToken })));
      const [tokens, ...others] = fulfilled(results);
      expect(others).toEqual([]);
      expect(statuses(results)).toEqual(people.slice(1).map(() => 401));
      await server.validateSession({ accessToken: tokens?.accessToken ?? "" });
    }));

  it("nobody keeps a session that one of them ends", () =>
    holds(async ({ server, crowd, token, all }, people) => {
      const { accessToken, refreshToken } = await server.createSession({ token: await token(), clientId });
      const refresh = () => crowd.refreshSession({ refreshToken });
      const revoke = () => crowd.revokeSession({ accessToken }).then(() => undefined);
      const results = await all([...people.map((refreshes) => (refreshes ? refresh() : revoke())), revoke()]);
      for (const tokens of [{ accessToken, refreshToken }, ...fulfilled(results)]) {
        if (!tokens) continue;
        const { accessToken, refreshToken } = tokens;
        await expect(server.validateSession({ accessToken })).rejects.toMatchObject({ statusCode: 401 });
        await expect(server.refreshSession({ refreshToken })).rejects.toMatchObject({ statusCode: 401 });
      }
    }));

  it("one gets something for a token: a validation or a session", () =>
    holds(async ({ crowd, token, all }, people) => {
      const passed = await token();
      const validate = async () => (await crowd.validateChallenge({ token: passed })).isValid;
      const enter = async () => (await crowd.createSession({ token: passed, clientId })) !== undefined;
      const results = await all(people.map((validates) => (validates ? validate() : enter())));
      expect(fulfilled(results).filter((isGood) => isGood)).toEqual([true]);
    }));

  it("one verifies a challenge", () =>
    holds(async ({ server, crowd, all }, people) => {
      const { challengeId } = await server.challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber });
      const results = await all(people.map(() => crowd.verify({ challengeId, verificationCode: "123456" })));
      expect(fulfilled(results).filter(({ isVerified }) => isVerified)).toHaveLength(1);
      expect(fulfilled(results)).toHaveLength(people.length);
    }));

  it("one claims a challenge", () =>
    holds(async ({ crowd, verified, all }, people) => {
      const challengeId = await verified();
      const results = await all(
        people.map((isJo) => crowd.claimChallenge({ challengeId, userId: isJo ? "jo" : "mo" })),
      );
      expect(fulfilled(results)).toHaveLength(1);
      expect(statuses(results)).toHaveLength(people.length - 1);
    }));

  it("all track one action", () =>
    holds(async ({ emulator, server, crowd, all }, people) => {
      emulator.rules.next("BLOCK", "REVIEW");
      const track = (isJo: boolean) => {
        const email = isJo ? "jo@example.com" : "mo@example.com";
        return crowd.track({ userId, action: "pay", attributes: { idempotencyKey: "1", email } });
      };
      const results = fulfilled(await all(people.map(track)));
      expect(results.map(({ state }) => state)).toEqual(people.map(() => "BLOCK"));
      expect(await server.queryUserActions({ userId })).toHaveLength(1);
      expect(await server.track({ userId, action: "pay" })).toMatchObject({ state: "REVIEW_REQUIRED" });
    }));

  it("one passes a challenge page with a recovery code", () =>
    holds(async ({ emulator, server, crowdFetch, all }, people) => {
      emulator.rules.set("pay", "CHALLENGE");
      const attributes = { verificationMethod: "SMS", phoneNumber } as const;
      const { recoveryCodes } = await server.enrollVerifiedAuthenticator({ userId, attributes });
      let send: (request: Request) => Promise<Response> = emulator.fetch;
      const visits: Visit[] = [];
      for (const _ of people) {
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
