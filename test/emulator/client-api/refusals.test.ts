import { describe, expect, it } from "vitest";
import {
  isExhausted,
  isWrong,
  METHODS,
  post,
  refusal,
  startClient,
  WRONG_CODE,
} from "../../support/emulator/client-api.ts";
import { action, CODE, email, phoneNumber, userId } from "../../support/emulator/emulator.ts";

const OTP_METHODS = ["SMS", "EMAIL_OTP", "WHATSAPP"] as const;
const otpUri = "otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP";
const totp = { path: "totp", attributes: { verificationMethod: "AUTHENTICATOR_APP", otpUri } } as const;
const WITH_CODE = [
  ...OTP_METHODS.map((method) => ({
    path: METHODS[method].path,
    attributes: { verificationMethod: method, ...METHODS[method].contact },
  })),
  totp,
];

/** What browsers send to enroll. */
const ENROLLMENTS: Readonly<Record<string, object | undefined>> = {
  sms: { phoneNumber: "+64270000009" },
  "email-otp": { email },
  "email-magic-link": { email },
  totp: undefined,
};

/** An emulator with something enrolled, and the token of an action that is challenged. */
async function challenged(path: string, attributes: (typeof WITH_CODE)[number]["attributes"]) {
  const client = startClient();
  await client.enrollMethod(attributes);
  const token = await client.track();
  if (path !== "totp") await client.send(`challenge/${path}`, token);
  const verify = (verificationCode: string) => client.send(`verify/${path}`, token, { verificationCode });
  const rightCode = () => (path === "totp" ? client.emulator.totp(userId) : CODE);
  return { ...client, token, verify, rightCode };
}

describe("a code", () => {
  it.each(WITH_CODE)("for $path can be tried ten times", async ({ path, attributes }) => {
    const { authsignal, verify, rightCode } = await challenged(path, attributes);
    for (let tries = 0; tries < 10; tries += 1) expect((await verify(WRONG_CODE)).body).toEqual(isWrong);
    expect((await verify(rightCode())).body).toEqual(isExhausted);
    const [{ state } = { state: "" }] = await authsignal.queryUserActions({ userId });
    expect(state).toBe("CHALLENGE_FAILED");
    const words = expect.stringContaining("it is CHALLENGE_FAILED");
    expect(await verify(rightCode())).toMatchObject(refusal(409, "conflict", words));
  });

  it.each(OTP_METHODS)(
    "by %s that has expired is wrong, and another can be sent with the same token",
    async (method) => {
      const { emulator, enrollMethod, send, track } = startClient({ codeLifetime: "1m" });
      const { path, contact } = METHODS[method];
      await enrollMethod({ verificationMethod: method, ...contact });
      const token = await track();
      const verify = async () => (await send(`verify/${path}`, token, { verificationCode: CODE })).body;
      await send(`challenge/${path}`, token);
      emulator.clock.advance("1m");
      expect(await verify()).toEqual(isWrong);
      await send(`challenge/${path}`, token);
      expect(await verify()).toMatchObject({ isVerified: true });
    },
  );

  it("of an enrollment expires, too, and wrong ones change nothing but their count", async () => {
    const { emulator, authsignal, send, track } = startClient({ codeLifetime: "1m" });
    const token = await track();
    await send("user-authenticators/email-otp", token, { email });
    emulator.clock.advance("1m");
    const verify = (verificationCode: string) => send("verify/email-otp", token, { verificationCode });
    expect((await verify(CODE)).body).toEqual(isWrong);
    await send("user-authenticators/email-otp", token, { email });
    for (let tries = 0; tries < 9; tries += 1) await verify(WRONG_CODE);
    expect((await verify(CODE)).body).toEqual(isExhausted);
    expect(await authsignal.getAuthenticators({ userId })).toEqual([]);
    emulator.clock.advance("5m");
    await send("user-authenticators/email-otp", token, { email });
    expect((await verify(CODE)).body, "the action may still enroll").toMatchObject({ isVerified: true });
  });

  it.each([
    ["+15005550001", isWrong],
    ["+15005550002", isWrong],
    ["+15005550003", isExhausted],
  ])("to %s is never right", async (number, answer) => {
    const { enroll, send, track } = startClient();
    await enroll(userId, number);
    const token = await track();
    await send("challenge/sms", token);
    expect((await send("verify/sms", token, { verificationCode: CODE })).body).toEqual(answer);
  });
});

describe("sending", () => {
  const limits = [
    ["sms", { verificationMethod: "SMS", phoneNumber }, 6],
    ["whatsapp", { verificationMethod: "WHATSAPP", phoneNumber }, 6],
    ["email-otp", { verificationMethod: "EMAIL_OTP", email }, 12],
    ["email-magic-link", { verificationMethod: "EMAIL_MAGIC_LINK", email }, 12],
  ] as const;

  it.each(limits)("is limited for challenges by %s", async (path, attributes, limit) => {
    const { emulator, enrollMethod, send, track } = startClient();
    await enrollMethod(attributes);
    const token = await track();
    for (let count = 0; count < limit; count += 1) expect((await send(`challenge/${path}`, token)).status).toBe(200);
    const answer = await send(`challenge/${path}`, token);
    expect(answer).toMatchObject(refusal(429, "too_many_requests", expect.stringContaining("advance the clock")));
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    emulator.clock.advance("10m");
    const later = await send(`challenge/${path}`, await track());
    expect(later.status, "with a new token, because the old one has expired").toBe(200);
  });

  it.each([
    ["sms", { phoneNumber: "+15005550005" }],
    ["email-otp", { email: "rate-limited@emulator.test" }],
    ["email-magic-link", { email: "rate-limited@emulator.test" }],
  ])("is rejected with 429 for %s to %o, as for a recipient of too many messages", async (path, contact) => {
    const { emulator, send, track } = startClient();
    const answer = await send(`user-authenticators/${path}`, await track(), contact);
    expect(answer).toMatchObject(refusal(429, "too_many_requests"));
    expect(emulator.export().challenges).toEqual([]);
  });

  it.each([
    ["sms", { phoneNumber: "+15005550004" }],
    ["email-otp", { email: "undeliverable@emulator.test" }],
    ["email-magic-link", { email: "undeliverable@emulator.test" }],
  ])("fails for %s to %o, who cannot be reached", async (path, contact) => {
    const { emulator, send, track } = startClient();
    const answer = await send(`user-authenticators/${path}`, await track(), contact);
    expect(answer).toMatchObject(refusal(502, "delivery_failed", expect.stringContaining("could not be delivered")));
    expect(emulator.export()).toMatchObject({ challenges: [], messages: [] });
  });

  it("fails for a challenge to a recipient to whom nothing is delivered", async () => {
    const { enroll, send, track } = startClient();
    await enroll(userId, "+15005550004");
    expect(await send("challenge/sms", await track())).toMatchObject(refusal(502, "delivery_failed"));
  });
});

describe("what may not be", () => {
  it.each(["sms", "email-otp", "whatsapp", "email-magic-link"])(
    "is a challenge by %s for an action that is allowed",
    async (path) => {
      const { emulator, authsignal, enroll, send } = startClient();
      await enroll();
      const { token } = await authsignal.track({ userId, action: "viewBalance" });
      const answer = await send(`challenge/${path}`, token);
      const words = expect.stringMatching(/it is ALLOW\. Add a rule .*rules\.set\("viewBalance", "CHALLENGE"\)/);
      expect(answer).toMatchObject(refusal(409, "conflict", words));
      expect(emulator.outbox.list()).toEqual([]);
    },
  );

  it("is a challenge for a user who has enrolled nothing, or not this method", async () => {
    const { enroll, send, track } = startClient();
    const nothing = await send("challenge/sms", await track());
    expect(nothing).toMatchObject(refusal(409, "conflict", expect.stringContaining("enroll a method first")));
    await enroll();
    const token = await track();
    const other = await send("challenge/email-otp", token);
    const words = expect.stringContaining("has not enrolled EMAIL_OTP");
    expect(other).toMatchObject(refusal(400, "invalid_request", words));
    const app = await send("verify/totp", token, { verificationCode: "123456" });
    expect(app).toMatchObject(refusal(400, "invalid_request", expect.stringContaining("AUTHENTICATOR_APP")));
  });

  it.each([
    ["verify/sms", { verificationCode: CODE }],
    ["verify/email-otp", { verificationCode: CODE }],
    ["verify/whatsapp", { verificationCode: CODE }],
    ["verify/email-magic-link/finalize", {}],
  ])("is %s before anything was sent", async (path, body) => {
    const { enroll, send, track } = startClient();
    await enroll();
    const answer = await send(path, await track(), body);
    const words = expect.stringContaining("call challenge or enroll first");
    expect(answer).toMatchObject(refusal(400, "invalid_request", words));
  });

  it("is a look at the push of another action", async () => {
    const { emulator, send, track } = startClient();
    emulator.import({ users: [{ userId }], authenticators: [{ userId, verificationMethod: "PUSH" }] });
    emulator.rules.set(action, "CHALLENGE");
    const { challengeId } = (await send("challenge/push", await track(), { action })).body;
    const body = { challengeId: `${challengeId}` };
    expect(await send("verify/push", await track(), body)).toMatchObject(refusal(404, "not_found"));
    const words = `body.action must be ${action}, which the token is for`;
    const other = await send("challenge/push", await track(), { action: "signIn" });
    expect(other).toMatchObject(refusal(400, "invalid_request", words));
  });

  it.each([
    ["sms", { phoneNumber: "0270000000" }, /international form/],
    ["email-otp", { email: "jo" }, /such as jo@example\.com/],
    ["email-magic-link", { email: "jo" }, /such as jo@example\.com/],
  ])("is enrolling by %s what is no contact", async (path, contact, words) => {
    const { send, track } = startClient();
    const answer = await send(`user-authenticators/${path}`, await track(), contact);
    expect(answer).toMatchObject(refusal(400, "invalid_request", expect.stringMatching(words)));
  });

  it.each(Object.keys(ENROLLMENTS))("is enrolling by %s what is not offered", async (path) => {
    const { emulator, authsignal, send } = startClient();
    emulator.import({ configurations: [{ verificationMethod: "PASSKEY" }] });
    const { token } = await authsignal.track({ userId, action });
    const answer = await send(`user-authenticators/${path}`, token, ENROLLMENTS[path]);
    expect(answer).toMatchObject(refusal(400, "invalid_configuration"));
  });

  it.each(Object.keys(ENROLLMENTS))("is enrolling by %s beside others", async (path) => {
    const { authsignal, enroll, send, track, verified } = startClient();
    await enroll();
    const start = (token: string) => send(`user-authenticators/${path}`, token, ENROLLMENTS[path]);
    const { token: allowed } = await authsignal.track({ userId, action: "viewBalance" });
    const words = expect.stringContaining("scope add:authenticators");
    expect(await start(allowed)).toMatchObject(refusal(403, "forbidden", words));
    const waiting = await start(await track({ scope: "add:authenticators" }));
    expect(waiting).toMatchObject(refusal(403, "forbidden", expect.stringContaining("CHALLENGE_REQUIRED")));
    const scoped = await authsignal.track({
      userId,
      action: "addMethod",
      attributes: { scope: "add:authenticators" },
    });
    expect((await start(scoped.token)).status).toBe(200);
    const { before, token } = await verified();
    expect((await start(before)).status, "the token from before the verification").toBe(403);
    expect((await start(token)).status, "the token that the verification gave").toBe(200);
  });
});

describe("a body", () => {
  it.each([
    ["user-authenticators/sms", undefined, "body is required"],
    ["user-authenticators/sms", {}, "body.phoneNumber is required"],
    ["user-authenticators/sms", { phoneNumber, smsChannel: "SMS" }, "body.smsChannel is not in the spec"],
    ["user-authenticators/sms", { phoneNumber: 64270000000 }, "body.phoneNumber must be string"],
    ["user-authenticators/email-otp", { phoneNumber }, /body\.email is required/],
    ["user-authenticators/email-magic-link", { email: [email] }, "body.email must be string"],
    ["user-authenticators/totp", { email }, "body.email is not in the spec"],
    ["challenge/sms", { phoneNumber }, "body.phoneNumber is not in the spec"],
    ["challenge/email-otp", { email }, "body.email is not in the spec"],
    ["challenge/email-magic-link", { email }, "body.email is not in the spec"],
    ["challenge/whatsapp", { phoneNumber }, "body.phoneNumber is not in the spec"],
    ["challenge/push", {}, "body.action is required"],
    ["verify/sms", { code: CODE }, /body\.verificationCode is required/],
    ["verify/email-otp", { verificationCode: 123456 }, "body.verificationCode must be string"],
    ["verify/whatsapp", {}, "body.verificationCode is required"],
    ["verify/totp", {}, "body.verificationCode is required"],
    ["verify/push", {}, "body.challengeId is required"],
    ["verify/email-magic-link/finalize", { token: "x" }, "body.token is not in the spec"],
  ])("of %s that is %o is refused", async (path, body, words) => {
    const { emulator, send, track } = startClient();
    const token = await track();
    const before = emulator.export();
    const problem = typeof words === "string" ? words : expect.stringMatching(words);
    expect(await send(path, token, body)).toMatchObject(refusal(400, "invalid_request", problem));
    expect(emulator.export()).toEqual(before);
    expect(emulator.requests.list().at(-1)).toMatchObject({ status: 400, problem });
  });

  it("may have unknown fields where the tenant is not strict", async () => {
    const { emulator, track } = startClient({ strict: false });
    const body = { phoneNumber, smsChannel: "SMS" };
    expect((await post(emulator, "user-authenticators/sms", await track(), body)).status).toBe(200);
  });

  it("may be an empty object where the browser SDK sends none", async () => {
    const { enroll, send, track } = startClient();
    await enroll();
    expect((await send("challenge/sms", await track(), {})).status).toBe(200);
  });
});
