import { Authsignal } from "authsignal-ts";
import { createEmulator, type Emulator } from "authsignal-ts/emulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { triggers } from "./cognito.ts";

const users: Record<string, string> = { ann: "+64270000001", bob: "+64270000002" };

let emulator: Emulator;
let handlers: ReturnType<typeof triggers>;

beforeEach(() => {
  emulator = createEmulator({
    singleUseTokens: false, // what is refused here is refused by the recipe
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

/** A sign-in, with Cognito's part of it. */
async function begin(sub: string, userNotFound = false) {
  const userAttributes: Record<string, string> = userNotFound ? {} : { sub, email: `${sub}@example.com` };
  const user = { userAttributes, userNotFound };
  const first = await handlers.defineAuthChallenge({ request: { ...user, session: [] }, response: {} });
  expect(first.response).toEqual({ challengeName: "CUSTOM_CHALLENGE", issueTokens: false, failAuthentication: false });
  const created: Parameters<typeof handlers.createAuthChallenge>[0] = { request: user, response: {} };
  await handlers.createAuthChallenge(created);
  const { publicChallengeParameters, privateChallengeParameters = {} } = created.response;

  /** Answers the challenge; true when that is worth tokens. */
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
  return { url: publicChallengeParameters?.url ?? "", answer };
}

/** Passes the challenge of a sign-in; gives the token that comes back. */
async function confirm(url: string): Promise<string> {
  const visit = await emulator.visit(url);
  await visit.choose("SMS");
  const { token } = await visit.enter("123456");
  return token ?? "";
}

describe("the recipe for Cognito", () => {
  it("gives tokens where the rules allow it", async () => {
    emulator.rules.set("cognito-sign-in", "ALLOW");
    const { url, answer } = await begin("ann");
    expect([url, await answer("none")]).toEqual(["", true]);
  });

  it("gives tokens to somebody who has passed the challenge", async () => {
    const { url, answer } = await begin("ann");
    expect(await answer(await confirm(url))).toBe(true);
  });

  it("gives none for a challenge that was not passed", async () => {
    const { url, answer } = await begin("ann");
    const token = new URL(url).searchParams.get("token") ?? "";
    expect(token).not.toBe("");
    for (const given of [token, "", "ALLOW"]) expect(await answer(given).catch(() => false)).toBe(false);
  });

  it("gives none for a token of another person, or of another sign-in", async () => {
    const token = await confirm((await begin("ann")).url);
    expect(await (await begin("bob")).answer(token)).toBe(false);
    expect(await (await begin("ann")).answer(token)).toBe(false);
  });

  it.each(["BLOCK", "REVIEW"] as const)("gives none, whatever is answered, where the rules say %s", async (outcome) => {
    emulator.rules.set("cognito-sign-in", outcome);
    const { url, answer } = await begin("ann");
    expect([url, await answer("ALLOW")]).toEqual(["", false]);
  });

  it("gives none to somebody whom there is not, and does not ask about them", async () => {
    const { url, answer } = await begin("eve", true);
    expect([url, await answer("anything")]).toEqual(["", false]);
    expect(emulator.requests.list()).toEqual([]);
  });

  it("asks one thing only", async () => {
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

  it("lets nobody in while the service cannot be asked, and tells no secret", async () => {
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
