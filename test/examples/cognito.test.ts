import { Authsignal, type TrackResponse, type ValidateChallengeResponse } from "authsignal-ts";
import { createEmulator, type Emulator } from "authsignal-ts/emulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { triggers } from "./cognito.ts";

const users: Record<string, string> = { ann: "+64270000001", bob: "+64270000002" };

let emulator: Emulator;
let handlers: ReturnType<typeof triggers>;

beforeEach(() => {
  emulator = createEmulator({
    singleUseTokens: false, // a rejection comes from the example, not from the emulator
    seed: {
      users: Object.keys(users).map((userId) => ({ userId })),
      authenticators: Object.entries(users).map(([userId, phoneNumber]) => {
        return { userId, verificationMethod: "SMS", phoneNumber };
      }),
    },
  });
  emulator.rules.set("cognito-sign-in", "CHALLENGE");
  const { apiSecretKey, apiUrl, fetch } = emulator;
  handlers = triggers(new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 }));
});
afterEach(() => emulator.close());

/** A sign-in, with the role of Cognito. */
async function begin(sub: string, userNotFound = false) {
  const userAttributes: Record<string, string> = userNotFound ? {} : { sub, email: `${sub}@example.com` };
  const user = { userAttributes, userNotFound };
  const first = await handlers.defineAuthChallenge({ request: { ...user, session: [] }, response: {} });
  expect(first.response).toEqual({ challengeName: "CUSTOM_CHALLENGE", issueTokens: false, failAuthentication: false });
  const created: Parameters<typeof handlers.createAuthChallenge>[0] = { request: user, response: {} };
  await handlers.createAuthChallenge(created);
  const { publicChallengeParameters, privateChallengeParameters = {} } = created.response;

  /** Answers the challenge; returns whether Cognito issues tokens. */
  async function answer(challengeAnswer: string): Promise<boolean> {
    const verified = await handlers.verifyAuthChallengeResponse({
      request: { ...user, privateChallengeParameters, challengeAnswer },
      response: { answerCorrect: false },
    });
    const session = [{ challengeName: "CUSTOM_CHALLENGE", challengeResult: verified.response.answerCorrect }];
    const last = await handlers.defineAuthChallenge({
      request: { ...user, session },
      response: { issueTokens: false, failAuthentication: false },
    });
    expect(last.response.failAuthentication).toBe(!last.response.issueTokens);
    return last.response.issueTokens;
  }
  return { url: publicChallengeParameters?.url ?? "", publicChallengeParameters, answer };
}

/** Returns the token of an action with the same name that another app has tracked. */
async function tokenOf(userId: string): Promise<string> {
  const { apiSecretKey, apiUrl, fetch } = emulator;
  const authsignal = new Authsignal({ apiSecretKey, apiUrl, fetch });
  return (await authsignal.track({ userId, action: "cognito-sign-in" })).token;
}

/** Answers a challenge with a token, with other responses of the service than those of the emulator. */
async function answerWith(tracked: Partial<TrackResponse>, validated: Partial<ValidateChallengeResponse>) {
  let idempotencyKey = "";
  const userId = "ann";
  const action = "cognito-sign-in";
  handlers = triggers({
    async track({ attributes }) {
      idempotencyKey = attributes?.idempotencyKey ?? "";
      const url = "https://mfa.example.com/";
      return { state: "CHALLENGE_REQUIRED", url, token: "t", isEnrolled: true, idempotencyKey, ...tracked };
    },
    async validateChallenge() {
      return { isValid: true, state: "CHALLENGE_SUCCEEDED", userId, action, idempotencyKey, ...validated };
    },
  });
  return (await begin(userId)).answer("aaa.bbb.ccc");
}

/** Passes the challenge of a sign-in; returns the token of the redirect. */
async function confirm(url: string): Promise<string> {
  const visit = await emulator.visit(url);
  await visit.choose("SMS");
  const { token } = await visit.enter("123456");
  return token ?? "";
}

describe("the example for Cognito", () => {
  const ANSWERS = ["none", "", "ALLOW", "CHALLENGE_SUCCEEDED", "123456", "null", "aaa.bbb.ccc"];

  it.each([
    ["a user who has nothing enrolled", "CHALLENGE", "newcomer"],
    ["a user who has nothing enrolled", "ALLOW", "newcomer"],
    ["an enrolled user", "ALLOW", "ann"],
    ["an enrolled user", "BLOCK", "ann"],
    ["an enrolled user", "REVIEW", "ann"],
  ] as const)("gives none to %s where the rules say %s, whatever is answered", async (_who, outcome, sub) => {
    emulator.rules.set("cognito-sign-in", outcome);
    const token = await tokenOf(sub);
    for (const answer of [...ANSWERS, token]) {
      const attempt = await begin(sub);
      expect([attempt.publicChallengeParameters, await attempt.answer(answer)]).toEqual([{ url: "" }, false]);
    }
  });

  it("responds alike to unknown users and to users who have nothing enrolled", async () => {
    const missing = await begin("eve", true);
    const newcomer = await begin("newcomer");
    expect(newcomer.publicChallengeParameters).toEqual(missing.publicChallengeParameters);
    expect([await newcomer.answer("x"), await missing.answer("x")]).toEqual([false, false]);
  });

  it("sends no email address to Authsignal, because Cognito may not have verified it", async () => {
    await begin("ann");
    expect(emulator.requests.list().map(({ body }) => body)).toEqual([{ idempotencyKey: expect.any(String) }]);
  });

  it.each([
    ["a state that is no success", { state: "ALLOW" }],
    ["another state", { state: "CHALLENGE_FAILED" }],
    ["another attempt", { idempotencyKey: "another" }],
    ["another user", { userId: "bob" }],
    ["another action", { action: "withdraw" }],
  ])("gives none for a valid token with %s", async (_what, other) => {
    expect(await answerWith({}, other)).toBe(false);
    expect(await answerWith({}, {})).toBe(true);
  });

  it.each([
    ["nothing enrolled", { isEnrolled: false }],
    ["another attempt", { idempotencyKey: "another" }],
  ])("gives none after a challenge of a user with %s", async (_what, other) => {
    expect(await answerWith(other, {})).toBe(false);
  });

  it("gives tokens to a user who has passed the challenge", async () => {
    const { url, answer } = await begin("ann");
    expect(await answer(await confirm(url))).toBe(true);
  });

  it("gives no tokens for a challenge that was not passed", async () => {
    const { url, answer } = await begin("ann");
    const token = new URL(url).searchParams.get("token") ?? "";
    expect(token).not.toBe("");
    for (const given of [token, "", "ALLOW"]) expect(await answer(given).catch(() => false)).toBe(false);
  });

  it("gives no tokens for a token of another user, or of another sign-in", async () => {
    const token = await confirm((await begin("ann")).url);
    expect(await (await begin("bob")).answer(token)).toBe(false);
    expect(await (await begin("ann")).answer(token)).toBe(false);
  });

  it("gives no tokens to an unknown user, and does not call Authsignal", async () => {
    const { url, answer } = await begin("eve", true);
    expect([url, await answer("anything")]).toEqual(["", false]);
    expect(emulator.requests.list()).toEqual([]);
  });

  it("has one challenge only", async () => {
    const right = { challengeName: "CUSTOM_CHALLENGE", challengeResult: true };
    const other = { challengeName: "PASSWORD_VERIFIER", challengeResult: true };
    for (const session of [[right, right], [other], [other, right]]) {
      const { response } = await handlers.defineAuthChallenge({
        request: { userAttributes: { sub: "ann" }, session },
        response: { issueTokens: true },
      });
      expect(response.issueTokens).toBe(false);
    }
  });

  it("lets no user in while the service is down, and shows no secret", async () => {
    const { url, answer } = await begin("ann");
    const token = await confirm(url);
    emulator.faults.add({ connection: "reset" });
    for (const call of [answer(token), begin("ann")]) {
      const error = await call.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(String(error)).not.toContain(emulator.apiSecretKey);
    }
  });
});
