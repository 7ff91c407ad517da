import { describe, expect, it } from "vitest";
import { METHODS, refusal, startClient } from "../../support/emulator/client-api.ts";
import { action, CODE, email, phoneNumber, userId } from "../../support/emulator/emulator.ts";
import { receiver, statuses } from "../../support/emulator/webhooks.ts";

// What webhooks decide while a page waits for its answer.

const MESSAGES = [
  ["sms", "sms.created", { phoneNumber }],
  ["email-otp", "email.created", { email }],
  ["email-magic-link", "email.created", { email }],
] as const;

describe("a webhook", () => {
  it.each(MESSAGES)(
    "for messages by %s that fails is told to the page, and nothing is left",
    async (path, type, contact) => {
      await using server = await receiver(statuses(500, 204));
      const { emulator, send, track } = startClient({ webhooks: { urls: { [type]: server.url } } });
      const token = await track();
      const enroll = () => send(`user-authenticators/${path}`, token, contact);
      expect(await enroll()).toMatchObject(refusal(502, "delivery_failed"));
      expect(emulator.export().challenges).toEqual([]);
      expect((await enroll()).status).toBe(200);
      expect((await send(`challenge/${path}`, token)).status, "sent again").toBe(200);
      expect(server.received).toHaveLength(3);
    },
  );

  it.each(["SMS", "EMAIL_OTP", "WHATSAPP"] as const)("that does not agree blocks a code by %s", async (method) => {
    await using server = await receiver(statuses(500, 204));
    const { authsignal, enrollMethod, send, track } = startClient({
      webhooks: { urls: { "action.verify": server.url } },
    });
    const { path, contact } = METHODS[method];
    await enrollMethod({ verificationMethod: method, ...contact });
    const token = await track();
    await send(`challenge/${path}`, token);
    const verify = () => send(`verify/${path}`, token, { verificationCode: CODE });
    expect(await verify()).toMatchObject(refusal(502, "verification_blocked"));
    const [{ state } = { state: "" }] = await authsignal.queryUserActions({ userId });
    expect(state).toBe("CHALLENGE_REQUIRED");
    const { body } = await verify();
    const validated = await authsignal.validateChallenge({ token: `${body.accessToken}`, userId, action });
    expect(validated).toMatchObject({ isValid: true, verificationMethod: method });
  });

  it("that does not agree blocks enrollments, too", async () => {
    await using server = await receiver(statuses(500, 204));
    const { authsignal, send, track } = startClient({ webhooks: { urls: { "action.verify": server.url } } });
    const token = await track();
    await send("user-authenticators/sms", token, { phoneNumber });
    const verify = () => send("verify/sms", token, { verificationCode: CODE });
    expect(await verify()).toMatchObject(refusal(502, "verification_blocked"));
    expect(await authsignal.getAuthenticators({ userId })).toEqual([]);
    const { body } = await verify();
    expect(body).toMatchObject({ isVerified: true, userAuthenticator: { phoneNumber } });
  });
});
