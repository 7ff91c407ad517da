import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEmulator, type Visit, VisitError } from "../../../src/emulator/index.ts";
import { Authsignal } from "../../../src/index.ts";
import { parameters, TEST_TIMEOUT } from "./runs.ts";
import { SIGNING_KEYS } from "./world.ts";

const userId = "jo";
const phoneNumber = "+64270000000";
const clientId = "app";

function scene() {
  const emulator = createEmulator({ seed: { signingKey: SIGNING_KEYS.a } });
  const { apiSecretKey, apiUrl, fetch } = emulator;
  const server = new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 });

  async function verified(): Promise<string> {
    const { challengeId } = await server.challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber });
    await server.verify({ challengeId, verificationCode: "123456" });
    return challengeId;
  }

  return {
    emulator,
    server,
    verified,
    /** A token that proves a passed challenge. */
    token: async () => (await server.claimChallenge({ challengeId: await verified(), userId })).token,
  };
}

type Scene = ReturnType<typeof scene>;

/** Tries a property with crowds, whose members do one of two things. */
function holds(property: (scene: Scene, crowd: readonly boolean[]) => Promise<void>): Promise<void> {
  const crowds = fc.array(fc.boolean(), { minLength: 2, maxLength: 20, size: "max" });
  return fc.assert(
    fc.asyncProperty(crowds, async (crowd) => {
      const one = scene();
      await property(one, crowd);
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

describe("of many who come at once", { timeout: TEST_TIMEOUT }, () => {
  it("one refreshes a session", () =>
    holds(async ({ server, token }, crowd) => {
      const { refreshToken } = await server.createSession({ token: await token(), clientId });
      const results = await Promise.allSettled(crowd.map(() => server.refreshSession({ refreshToken })));
      const [tokens, ...others] = fulfilled(results);
      expect(others).toEqual([]);
      expect(statuses(results)).toEqual(crowd.slice(1).map(() => 401));
      await server.validateSession({ accessToken: tokens?.accessToken ?? "" });
    }));

  it("no client keeps a session that one of them ends", () =>
    holds(async ({ server, token }, crowd) => {
      const { accessToken, refreshToken } = await server.createSession({ token: await token(), clientId });
      const refresh = () => server.refreshSession({ refreshToken });
      const revoke = () => server.revokeSession({ accessToken }).then(() => undefined);
      const results = await Promise.allSettled([
        ...crowd.map((refreshes) => (refreshes ? refresh() : revoke())),
        revoke(),
      ]);
      for (const tokens of [{ accessToken, refreshToken }, ...fulfilled(results)]) {
        if (!tokens) continue;
        const { accessToken, refreshToken } = tokens;
        await expect(server.validateSession({ accessToken })).rejects.toMatchObject({ statusCode: 401 });
        await expect(server.refreshSession({ refreshToken })).rejects.toMatchObject({ statusCode: 401 });
      }
    }));

  it("one gets something for a token: a validation or a session", () =>
    holds(async ({ server, token }, crowd) => {
      const passed = await token();
      const validate = async () => (await server.validateChallenge({ token: passed })).isValid;
      const enter = async () => (await server.createSession({ token: passed, clientId })) !== undefined;
      const results = await Promise.allSettled(crowd.map((validates) => (validates ? validate() : enter())));
      expect(fulfilled(results).filter((isGood) => isGood)).toEqual([true]);
    }));

  it("one verifies a challenge", () =>
    holds(async ({ server }, crowd) => {
      const { challengeId } = await server.challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber });
      const results = await Promise.allSettled(
        crowd.map(() => server.verify({ challengeId, verificationCode: "123456" })),
      );
      expect(fulfilled(results).filter(({ isVerified }) => isVerified)).toHaveLength(1);
      expect(fulfilled(results)).toHaveLength(crowd.length);
    }));

  it("one claims a challenge", () =>
    holds(async ({ server, verified }, crowd) => {
      const challengeId = await verified();
      const results = await Promise.allSettled(
        crowd.map((isJo) => server.claimChallenge({ challengeId, userId: isJo ? "jo" : "mo" })),
      );
      expect(fulfilled(results)).toHaveLength(1);
      expect(statuses(results)).toHaveLength(crowd.length - 1);
    }));

  it("all track one action", () =>
    holds(async ({ emulator, server }, crowd) => {
      emulator.rules.next("BLOCK", "REVIEW");
      const track = (isJo: boolean) => {
        const email = isJo ? "jo@example.com" : "mo@example.com";
        return server.track({ userId, action: "pay", attributes: { idempotencyKey: "1", email } });
      };
      const results = fulfilled(await Promise.allSettled(crowd.map(track)));
      expect(results.map(({ state }) => state)).toEqual(crowd.map(() => "BLOCK"));
      expect(await server.queryUserActions({ userId })).toHaveLength(1);
      expect(await server.track({ userId, action: "pay" })).toMatchObject({ state: "REVIEW_REQUIRED" });
    }));

  it("one passes a challenge page with a recovery code", () =>
    holds(async ({ emulator, server }, crowd) => {
      emulator.rules.set("pay", "CHALLENGE");
      const attributes = { verificationMethod: "SMS", phoneNumber } as const;
      const { recoveryCodes } = await server.enrollVerifiedAuthenticator({ userId, attributes });
      const visits: Visit[] = [];
      for (const _ of crowd) {
        const { url } = await server.track({ userId, action: "pay" });
        const page = await emulator.visit(url);
        visits.push(await page.choose("RECOVERY_CODE"));
      }
      const results = await Promise.allSettled(visits.map((page) => page.enter(recoveryCodes?.[0])));
      expect(fulfilled(results)).toHaveLength(1);
      const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      for (const failure of failures) expect(failure).toBeInstanceOf(VisitError);
      const actions = await server.queryUserActions({ userId, state: "CHALLENGE_SUCCEEDED" });
      expect(actions).toHaveLength(1);
    }));
});
