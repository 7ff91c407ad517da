import { describe, expect, it } from "vitest";
import { appCode, isWrong, METHODS, refusal, startClient, WRONG_CODE } from "../../support/emulator/client-api.ts";
import { action, CODE, email, phoneNumber, userId } from "../../support/emulator/emulator.ts";

const OTP_METHODS = ["SMS", "EMAIL_OTP", "WHATSAPP"] as const;
const SECRET = "JBSWY3DPEHPK3PXP";
const otpUri = `otpauth://totp/Example:jo?secret=${SECRET}`;

describe("enrollment through the Client API", () => {
  it.each(["SMS", "EMAIL_OTP"] as const)("sends a code by %s, and enrolls who enters it", async (method) => {
    const { emulator, authsignal, send, track } = startClient({ otp: "random" });
    const { path, contact } = METHODS[method];
    const token = await track();
    const enrolled = await send(`user-authenticators/${path}`, token, contact);
    const { userAuthenticatorId } = enrolled.body;
    expect(enrolled).toMatchObject({ status: 200, body: { userAuthenticatorId: expect.any(String), userId } });
    expect(await authsignal.getAuthenticators({ userId }), "nothing is enrolled yet").toEqual([]);
    expect((await send(`verify/${path}`, token, { verificationCode: "no code" })).body).toEqual(isWrong);

    const [to = ""] = Object.values(contact);
    const { code = "" } = emulator.outbox.last({ to }) ?? {};
    const verified = await send(`verify/${path}`, token, { verificationCode: code });
    expect(verified).toMatchObject({ status: 200, body: { isVerified: true, accessToken: expect.any(String) } });
    const userAuthenticator = { userAuthenticatorId, verificationMethod: method, ...contact };
    expect(verified.body.userAuthenticator).toMatchObject(userAuthenticator);
    expect(await authsignal.getAuthenticators({ userId })).toEqual([verified.body.userAuthenticator]);
    expect(await authsignal.validateChallenge({ token: `${verified.body.accessToken}`, userId, action })).toMatchObject(
      {
        isValid: true,
        state: "CHALLENGE_SUCCEEDED",
        verificationMethod: method,
      },
    );
  });

  it("sends the code again when it is asked to, by enroll or by challenge", async () => {
    const { emulator, send, track } = startClient({ otp: "random" });
    const token = await track();
    const first = await send("user-authenticators/sms", token, { phoneNumber });
    const again = await send("user-authenticators/sms", token, { phoneNumber });
    expect(again.body).toEqual(first.body);
    expect(await send("challenge/sms", token)).toMatchObject({
      status: 200,
      body: { challengeId: expect.any(String) },
    });
    const codes = emulator.outbox.list({ to: phoneNumber }).map(({ code = "" }) => code);
    expect(codes).toEqual([codes[0], codes[0], codes[0]]);
    const verified = await send("verify/sms", token, { verificationCode: codes[0] ?? "" });
    expect(verified.body).toMatchObject({ isVerified: true, userAuthenticator: first.body });
  });

  it("enrolls the number that was given last", async () => {
    const { emulator, authsignal, send, track } = startClient({ otp: "random" });
    emulator.clock.freeze();
    const token = await track();
    const other = "+64270000009";
    const enroll = (number: string) => send("user-authenticators/sms", token, { phoneNumber: number });
    await enroll(phoneNumber);
    await enroll(other);
    await enroll(phoneNumber);
    const codeFor = (to: string) => emulator.outbox.last({ to })?.code ?? "";
    expect((await send("verify/sms", token, { verificationCode: codeFor(other) })).body).toEqual(isWrong);
    const { body } = await send("verify/sms", token, { verificationCode: codeFor(phoneNumber) });
    expect(body).toMatchObject({ isVerified: true, userAuthenticator: { phoneNumber } });
    expect(await authsignal.getAuthenticators({ userId })).toMatchObject([{ phoneNumber }]);
  });

  it("gives an authenticator app its secret, and takes the code that the app shows", async () => {
    const { emulator, authsignal, send, track } = startClient();
    const token = await track();
    const enrolled = await send("user-authenticators/totp", token);
    const { uri, secret } = enrolled.body;
    expect(enrolled).toMatchObject({ status: 200, body: { userAuthenticatorId: expect.any(String), userId } });
    expect(new URL(`${uri}`).searchParams.get("secret")).toBe(secret);
    expect((await send("user-authenticators/totp", token)).body, "the same secret").toEqual(enrolled.body);
    expect((await send("verify/totp", token, { verificationCode: "12345" })).body).toEqual(isWrong);
    const verified = await send("verify/totp", token, { verificationCode: appCode(uri, emulator) });
    const { userAuthenticatorId } = enrolled.body;
    expect(verified.body).toMatchObject({
      isVerified: true,
      userAuthenticator: { userAuthenticatorId, verificationMethod: "AUTHENTICATOR_APP" },
    });
    expect(emulator.totp(userId)).toBe(appCode(uri, emulator));
    const validated = await authsignal.validateChallenge({ token: `${verified.body.accessToken}` });
    expect(validated).toMatchObject({ isValid: true, verificationMethod: "AUTHENTICATOR_APP" });
  });

  it("sends a link, and enrolls who opens it", async () => {
    const { authsignal, send, answerLink, track } = startClient();
    const token = await track();
    const { body } = await send("user-authenticators/email-magic-link", token, { email });
    const finalize = () => send("verify/email-magic-link/finalize", token, {});
    expect(await finalize()).toMatchObject({ status: 200, body: { isVerified: false } });
    expect(await answerLink("approve")).toBe(303);
    const { userAuthenticatorId } = body;
    const userAuthenticator = { userAuthenticatorId, verificationMethod: "EMAIL_MAGIC_LINK", email };
    const done = await finalize();
    expect(done.body).toMatchObject({ isVerified: true, userAuthenticator });
    expect((await authsignal.validateChallenge({ token: `${done.body.accessToken}` })).isValid).toBe(true);
  });

  it("gives who enrolls a second method what was enrolled by it", async () => {
    const { authsignal, send, verified } = startClient();
    const { token } = await verified();
    await send("user-authenticators/email-otp", token, { email });
    const { body } = await send("verify/email-otp", token, { verificationCode: CODE });
    expect(body).toMatchObject({ isVerified: true, userAuthenticator: { verificationMethod: "EMAIL_OTP", email } });
    expect(await authsignal.getAuthenticators({ userId })).toMatchObject([{ phoneNumber }, { email }]);
    const { isValid, verificationMethod } = await authsignal.validateChallenge({ token: `${body.accessToken}` });
    expect({ isValid, verificationMethod }).toEqual({ isValid: true, verificationMethod: "SMS" });
  });
});

describe("enrolling what is enrolled already", () => {
  it("verifies it anew", async () => {
    const { authsignal, send, verified } = startClient();
    const { token } = await verified();
    const [before] = await authsignal.getAuthenticators({ userId });
    await send("user-authenticators/sms", token, { phoneNumber });
    const { body } = await send("verify/sms", token, { verificationCode: CODE });
    const { userAuthenticatorId, createdAt } = before ?? {};
    expect(body).toMatchObject({ isVerified: true, userAuthenticator: { userAuthenticatorId, createdAt } });
    expect(await authsignal.getAuthenticators({ userId })).toHaveLength(1);
  });
});

describe("a challenge through the Client API", () => {
  it.each(OTP_METHODS)("sends a code by %s, and is passed with it", async (method) => {
    const { emulator, authsignal, enrollMethod, send, track } = startClient();
    const { path, contact } = METHODS[method];
    const { authenticator } = await enrollMethod({ verificationMethod: method, ...contact });
    const token = await track();
    const started = await send(`challenge/${path}`, token);
    const { challengeId } = started.body;
    expect(started).toMatchObject({ status: 200, body: { challengeId: expect.any(String) } });
    const [to] = Object.values(contact);
    expect(emulator.outbox.list()).toMatchObject([{ to, code: CODE, challengeId, userId, action }]);
    expect((await send(`challenge/${path}`, token)).body, "sent again").toEqual(started.body);
    expect((await send(`verify/${path}`, token, { verificationCode: WRONG_CODE })).body).toEqual(isWrong);

    const { status, body } = await send(`verify/${path}`, token, { verificationCode: CODE });
    expect({ status, body }).toEqual({ status: 200, body: { isVerified: true, accessToken: expect.any(String) } });
    expect(await authsignal.validateChallenge({ token: `${body.accessToken}` })).toMatchObject({
      isValid: true,
      state: "CHALLENGE_SUCCEEDED",
      verificationMethod: method,
    });
    const { userAuthenticatorId } = authenticator ?? {};
    const actions = await authsignal.queryUserActions({ userId });
    expect(actions).toMatchObject([{ verifiedByAuthenticatorId: userAuthenticatorId }]);
    const again = await send(`verify/${path}`, token, { verificationCode: CODE });
    expect(again).toMatchObject(refusal(409, "conflict", expect.stringContaining("it is CHALLENGE_SUCCEEDED")));
  });

  it("is passed with the code of an authenticator app, which needs no start", async () => {
    const { emulator, authsignal, enrollMethod, send, track } = startClient();
    await enrollMethod({ verificationMethod: "AUTHENTICATOR_APP", otpUri });
    const token = await track();
    expect((await send("verify/totp", token, { verificationCode: "12345" })).body).toEqual(isWrong);
    const { body } = await send("verify/totp", token, { verificationCode: emulator.totp(userId) });
    expect(body).toEqual({ isVerified: true, accessToken: expect.any(String) });
    const validated = await authsignal.validateChallenge({ token: `${body.accessToken}` });
    expect(validated).toMatchObject({ isValid: true, verificationMethod: "AUTHENTICATOR_APP" });
    expect(emulator.export().challenges, "one challenge for all codes").toHaveLength(1);
  });

  it.each(["with", "without"])(
    "sends a link, and tells when it was opened, %s the id of the challenge",
    async (way) => {
      const { authsignal, enrollMethod, send, answerLink, track } = startClient();
      await enrollMethod({ verificationMethod: "EMAIL_MAGIC_LINK", email });
      const token = await track();
      const { challengeId } = (await send("challenge/email-magic-link", token)).body;
      const finalize = () => send("verify/email-magic-link/finalize", token, way === "with" ? { challengeId } : {});
      expect((await finalize()).body).toEqual({ isVerified: false });
      await answerLink("approve");
      const { body } = await finalize();
      expect(body).toEqual({ isVerified: true, accessToken: expect.any(String) });
      const validated = await authsignal.validateChallenge({ token: `${body.accessToken}` });
      expect(validated).toMatchObject({ isValid: true, verificationMethod: "EMAIL_MAGIC_LINK" });
    },
  );

  it("is not verified by a link that was denied, or that has expired", async () => {
    const { emulator, enrollMethod, send, answerLink, track } = startClient({ codeLifetime: "5m" });
    await enrollMethod({ verificationMethod: "EMAIL_MAGIC_LINK", email });
    const finalize = (token: string) => send("verify/email-magic-link/finalize", token, {});
    const denied = await track();
    await send("challenge/email-magic-link", denied);
    await answerLink("deny");
    expect((await finalize(denied)).body).toEqual({ isVerified: false });
    const late = await track();
    await send("challenge/email-magic-link", late);
    emulator.clock.advance("6m");
    expect(await answerLink("approve")).toBe(410);
    expect((await finalize(late)).body).toEqual({ isVerified: false });
  });

  it.each([
    ["approve", { isVerified: true, isConsumed: true, accessToken: expect.any(String) }],
    ["deny", { isVerified: false, isConsumed: true }],
  ] as const)("asks by a push: %s", async (answer, told) => {
    const { emulator, authsignal, send, answerLink, track } = startClient();
    emulator.import({
      ...emulator.export(),
      users: [{ userId }],
      authenticators: [{ userId, verificationMethod: "PUSH" }],
    });
    const token = await track();
    const { challengeId } = (await send("challenge/push", token, { action })).body;
    expect(emulator.outbox.list()).toMatchObject([{ channel: "PUSH", to: userId }]);
    const ask = async () => (await send("verify/push", token, { challengeId: `${challengeId}` })).body;
    expect(await ask()).toEqual({ isVerified: false, isConsumed: false });
    await answerLink(answer);
    const body = await ask();
    expect(body).toEqual(told);
    if (!body.accessToken) return;
    expect((await authsignal.validateChallenge({ token: `${body.accessToken}` })).isValid).toBe(true);
  });
});
