import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEmulator, type Emulator } from "../../src/emulator/index.ts";
import { Authsignal, AuthsignalError, type ValidateChallengeResponse } from "../../src/index.ts";
import { createStepUp, type StepUpOptions, type StepUpResult } from "../../src/step-up/index.ts";
import { failureOf } from "../support/clients.ts";
import { action, cookieOf, returnUrl, secret, service, stepUpAt, userId } from "../support/step-up.ts";

const phoneNumber = "+64270000000";
const notEnrolled = { state: "ALLOW", isEnrolled: false };

describe("an action of a user who has nothing enrolled, with the emulator", () => {
  let emulator: Emulator;
  let authsignal: Authsignal;

  beforeEach(() => {
    emulator = createEmulator({ defaultOutcome: "CHALLENGE", allowedRedirects: [returnUrl] });
    const { apiSecretKey, apiUrl, fetch } = emulator;
    authsignal = new Authsignal({ apiSecretKey, apiUrl, fetch });
  });
  afterEach(() => emulator.close());

  const stepUp = (options: Partial<StepUpOptions<number>> = {}) =>
    createStepUp<number>({ authsignal, action, returnUrl, secret, ...options });

  /** Loads the address that the challenge page leads to, as the browser that began the attempt. */
  async function comeBack(begun: StepUpResult<number>, url = "", handler = stepUp()): Promise<StepUpResult<number>> {
    const { response } = await handler.finish({ url, headers: { cookie: cookieOf(begun.response)[0] } }, userId);
    return handler.finish({ url: returnUrl, headers: { cookie: cookieOf(response)[0] } }, userId);
  }

  test("is sent to enroll by default, and is carried out once the enrollment is confirmed", async () => {
    const handler = stepUp();
    const begun = await handler.begin({ userId }, 5);
    expect([begun.attempt, begun.refused, begun.response?.status]).toEqual([undefined, undefined, 303]);
    const visit = await emulator.visit(begun.response?.headers.get("location") ?? "");
    expect(visit.title).toBe("Set up how to confirm it's you");
    await visit.enroll("SMS", { phoneNumber });
    const { url } = await visit.enter("123456");
    expect(url).toContain(`${returnUrl}?token=`);
    expect((await comeBack(begun, url, handler)).attempt).toMatchObject({ userId, action, data: 5 });
    expect((await comeBack(begun, url, handler)).refused).toBe("over");
  });

  test("is refused as not enrolled when the user skips the enrollment", async () => {
    const handler = stepUp();
    const begun = await handler.begin({ userId }, 5);
    const visit = await emulator.visit(begun.response?.headers.get("location") ?? "");
    const { url } = await visit.cancel();
    const { attempt, refused, response } = await comeBack(begun, url, handler);
    expect([attempt, refused, response?.status]).toEqual([undefined, "not_enrolled", 403]);
    expect(await response?.text()).toBe("This needs a confirmation, and no way to confirm was set up.");
  });

  test("is refused as not enrolled where users can enroll no method themselves", async () => {
    const emulator = createEmulator({
      defaultOutcome: "CHALLENGE",
      allowedRedirects: [returnUrl],
      seed: { configurations: [{ verificationMethod: "SMS", isEditableByUser: false }] },
    });
    const { apiSecretKey, apiUrl, fetch } = emulator;
    const handler = stepUp({ authsignal: new Authsignal({ apiSecretKey, apiUrl, fetch }) });
    const begun = await handler.begin({ userId }, 5);
    const visit = await emulator.visit(begun.response?.headers.get("location") ?? "");
    const { url } = await visit.continue();
    expect((await comeBack(begun, url, handler)).refused).toBe("not_enrolled");
    await emulator.close();
  });

  test("is refused at once with ifNotEnrolled refuse", async () => {
    const { attempt, refused, response } = await stepUp({ ifNotEnrolled: "refuse" }).begin({ userId }, 5);
    expect([attempt, refused, response?.status]).toEqual([undefined, "not_enrolled", 403]);
    expect(response?.headers.get("set-cookie")).toBeNull();
    expect(response?.headers.get("location")).toBeNull();
  });

  test("is carried out at once with ifNotEnrolled allow", async () => {
    expect((await stepUp({ ifNotEnrolled: "allow" }).begin({ userId }, 5)).attempt).toMatchObject({ userId, data: 5 });
  });

  test("waits for a challenge as soon as something is enrolled, whatever the option says", async () => {
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
    for (const ifNotEnrolled of ["enroll", "refuse", "allow"] as const) {
      const { attempt, response } = await stepUp({ ifNotEnrolled }).begin({ userId }, 5);
      expect([attempt, response?.status]).toEqual([undefined, 303]);
    }
    emulator.rules.set(action, "ALLOW");
    expect((await stepUp().begin({ userId }, 5)).attempt?.data).toBe(5);
  });

  test.each(["BLOCK", "REVIEW"] as const)(
    "is refused where the rules say %s, whatever the option says",
    async (rule) => {
      emulator.rules.set(action, rule);
      for (const ifNotEnrolled of ["enroll", "refuse", "allow"] as const) {
        const { refused } = await stepUp({ ifNotEnrolled }).begin({ userId }, 5);
        expect(refused).toBe(rule === "BLOCK" ? "blocked" : "review");
      }
    },
  );
});

describe("finish after an enrollment", () => {
  async function finished(validation: Partial<ValidateChallengeResponse>): Promise<StepUpResult<number>> {
    const handler = stepUpAt(service({ track: notEnrolled, validation }));
    const [cookie] = cookieOf((await handler.begin({ userId }, 5)).response);
    return handler.finish({ headers: { cookie: `${cookie}aaa.bbb.ccc` } }, userId);
  }

  test.each([["CHALLENGE_SUCCEEDED"], [undefined]])("accepts isValid with the state %s", async (state) => {
    expect((await finished({ state })).attempt?.data).toBe(5);
  });

  test.each([
    [true, "ALLOW", "not_enrolled"],
    [false, "ALLOW", "not_enrolled"],
    [false, "CHALLENGE_SUCCEEDED", "over"],
    [true, "CHALLENGE_REQUIRED", "not_confirmed"],
    [true, "A_STATE_OF_TOMORROW", "not_confirmed"],
  ])("refuses isValid %s with the state %s as %s", async (isValid, state, reason) => {
    const { attempt, refused } = await finished({ isValid, state });
    expect([attempt, refused]).toEqual([undefined, reason]);
  });

  test("refuses a token of another attempt, user or action", async () => {
    for (const other of [{ idempotencyKey: "another" }, { userId: "bob" }, { action: "sign-in" }]) {
      expect((await finished(other)).attempt).toBeUndefined();
      expect((await finished({ ...other, isValid: true, state: "ALLOW" })).attempt).toBeUndefined();
    }
  });
});

describe("begin", () => {
  test.each(["ALLOW", "CHALLENGE_REQUIRED", "BLOCK"])(
    "is not trusted with the key of another attempt: %s",
    async (state) => {
      for (const idempotencyKey of ["another", ""]) {
        const error = await failureOf(stepUpAt(service({ track: { state, idempotencyKey } })).begin({ userId }, 5));
        expect(error).toBeInstanceOf(AuthsignalError);
        expect(error).toMatchObject({ errorCode: "invalid_response", mayHaveBeenProcessed: true });
        expect(String(error)).toContain("another idempotencyKey");
      }
    },
  );

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://mfa.example.com",
    "//mfa.example.com",
    "/challenge",
    "",
  ])("redirects no browser to %j", async (url) => {
    for (const track of [{ url }, { ...notEnrolled, url }]) {
      const error = await failureOf(stepUpAt(service({ track })).begin({ userId }, 5));
      expect(error).toMatchObject({ errorCode: "invalid_response" });
      expect(String(error)).toContain("url is not an address with http");
    }
  });

  test("redirects to an address in the form of a header", async () => {
    const track = { url: "https://mfa.example.com/вход?token=t" };
    const { response } = await stepUpAt(service({ track })).begin({ userId }, 5);
    expect(response?.headers.get("location")).toBe("https://mfa.example.com/%D0%B2%D1%85%D0%BE%D0%B4?token=t");
  });

  test("needs no url where nothing is to be confirmed", async () => {
    const allowed = await stepUpAt(service({ track: { state: "ALLOW", url: "" } })).begin({ userId }, 5);
    expect(allowed.attempt?.data).toBe(5);
  });
});

describe("the option ifNotEnrolled", () => {
  test.each(["", "Enroll", "skip", "deny", null, true, 1, {}])("is refused as %j", (wrong) => {
    const options = JSON.parse(JSON.stringify({ action, returnUrl, secret, ifNotEnrolled: wrong }));
    expect(() => createStepUp({ authsignal: service(), ...options })).toThrow(
      'invalid_argument: ifNotEnrolled must be "enroll", "refuse" or "allow"',
    );
  });

  test("is enroll when it is undefined", async () => {
    const handler = stepUpAt(service({ track: notEnrolled }), { ifNotEnrolled: undefined });
    expect((await handler.begin({ userId }, 5)).response?.status).toBe(303);
  });
});
