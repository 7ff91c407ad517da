import { describe, expect, it } from "vitest";
import { FAILING_RECIPIENTS } from "../../../src/emulator/tenant/recipients.ts";
import type { ChallengeRequest } from "../../../src/index.ts";
import {
  action,
  CODE,
  call,
  email,
  invalid,
  phoneNumber,
  refused,
  start,
  userId,
} from "../../support/emulator/emulator.ts";

const isWrong = { isVerified: false, failureReason: "CODE_INVALID_OR_EXPIRED" };

describe("challenge and verify", () => {
  it.each<[ChallengeRequest, channel: string, contact: object]>([
    [{ verificationMethod: "SMS", phoneNumber }, "SMS", { phoneNumber }],
    [{ verificationMethod: "SMS", phoneNumber, smsChannel: "WHATSAPP" }, "WHATSAPP", { phoneNumber }],
    [{ verificationMethod: "WHATSAPP", phoneNumber }, "WHATSAPP", { phoneNumber }],
    [{ verificationMethod: "EMAIL_OTP", email, locale: "de" }, "EMAIL", { email }],
  ])("go with %o", async (request, channel, contact) => {
    const { emulator, authsignal } = start();
    emulator.clock.set("2026-01-15T00:00:00Z");
    const { challengeId, idempotencyKey, expiresAt } = await authsignal.challenge({ ...request, action });
    expect(expiresAt).toBeCloseTo(Date.UTC(2026, 0, 15, 0, 10) / 1_000, -1);
    const [to] = Object.values(contact);
    const { locale } = request;
    expect(emulator.outbox.list()).toEqual([
      {
        messageId: expect.any(String),
        createdAt: expect.stringMatching(/^2026-01-15T00:00/),
        channel,
        to,
        code: CODE,
        action,
        idempotencyKey,
        challengeId,
        ...(locale && { locale }),
      },
    ]);
    expect(await authsignal.verify({ challengeId, verificationCode: "654321" })).toEqual(isWrong);
    const { verificationMethod } = request;
    const right = { isVerified: true, verificationMethod, ...contact };
    expect(await authsignal.verify({ challengeId, verificationCode: ` ${CODE}` })).toEqual(right);
    expect(await authsignal.verify({ challengeId, verificationCode: CODE }), "a code works once").toEqual(isWrong);
  });

  it.each([
    [{ verificationMethod: "SMS", action, email }, "body.phoneNumber is required for SMS"],
    [{ verificationMethod: "WHATSAPP", action, phoneNumber: "" }, "body.phoneNumber is required for WHATSAPP"],
    [{ verificationMethod: "EMAIL_OTP", action, phoneNumber }, "body.email is required for EMAIL_OTP"],
    [{ phoneNumber, action }, "body.verificationMethod is required"],
    [{ verificationMethod: "SMS", phoneNumber }, "body.action is required"],
    [{}, "body.verificationMethod is required"],
    [{ verificationMethod: "SMS", phoneNumber, action: "no such code" }, expect.stringMatching(/^body\.action must/)],
  ])("refuse %o", async (body, words) => {
    const { emulator } = start();
    expect(await call(emulator, "POST /challenge", { body })).toMatchObject(invalid(words));
    expect(emulator.export()).toMatchObject({ challenges: [], messages: [], quotas: [] });
  });

  it("send the same code again for a challenge that is open, and it lives as long as a new one", async () => {
    const { emulator, authsignal, send } = start({ otp: "random" });
    emulator.clock.freeze();
    const first = await send();
    emulator.clock.advance("9m");
    const again = await authsignal.challenge({ challengeId: first.challengeId });
    expect(again).toEqual({ ...first, expiresAt: first.expiresAt + 9 * 60 });
    const codes = emulator.outbox.list().map(({ code = "" }) => code);
    expect(codes).toEqual([codes[0], codes[0]]);
    emulator.clock.advance("9m");
    const answer = await authsignal.verify({ challengeId: first.challengeId, verificationCode: codes[0] ?? "" });
    expect(answer.isVerified).toBe(true);
    await expect(authsignal.challenge({ challengeId: first.challengeId })).rejects.toMatchObject(
      refused(400, "invalid_request", "The challenge is over already."),
    );
  });

  it("note how many codes were wrong, and when the last one was tried", async () => {
    const { emulator, authsignal, send } = start();
    emulator.clock.set("2026-01-15T00:00:00Z");
    emulator.clock.freeze();
    const { challengeId } = await send();
    await authsignal.verify({ challengeId, verificationCode: "000000" });
    emulator.clock.advance("1m");
    await authsignal.verify({ challengeId, verificationCode: "000001" });
    await authsignal.verify({ challengeId, verificationCode: CODE });
    const noted = { wrongCodes: 2, lastWrongCodeAt: "2026-01-15T00:01:00.000Z" };
    expect(emulator.export().challenges).toMatchObject([{ challengeId, ...noted, verifiedAt: noted.lastWrongCodeAt }]);
    const right = await send();
    await authsignal.verify({ challengeId: right.challengeId, verificationCode: CODE });
    expect(emulator.export().challenges?.at(-1)).not.toHaveProperty("wrongCodes");
  });

  it("keep a wrong code that was tried while the message could not be sent again", async () => {
    let answer = (_: Response) => {};
    const fetch = () =>
      new Promise<Response>((resolve) => {
        answer = resolve;
      });
    const { emulator, authsignal, send } = start({ fetch });
    const { challengeId, expiresAt } = await send();
    emulator.webhooks.configure({ urls: { "sms.created": "http://127.0.0.1:1/sms" } });
    emulator.clock.advance("1m");
    const again = authsignal.challenge({ challengeId });
    await expect.poll(() => emulator.webhooks.deliveries()).toHaveLength(1);
    await authsignal.verify({ challengeId, verificationCode: "000000" });
    answer(new Response("no", { status: 500 }));
    await expect(again).rejects.toMatchObject(refused(502, "delivery_failed"));
    const [challenge] = emulator.export().challenges ?? [];
    expect(challenge).toMatchObject({ challengeId, wrongCodes: 1 });
    expect(Math.floor(Date.parse(challenge?.expiresAt ?? "") / 1_000)).toBe(expiresAt);
  });

  it("refuse a code that has expired, and a challenge that is unknown", async () => {
    const { emulator, authsignal, send } = start({ codeLifetime: "5m" });
    const { challengeId } = await send();
    emulator.clock.advance("5m");
    expect(await authsignal.verify({ challengeId, verificationCode: CODE })).toEqual(isWrong);
    const unknown = refused(404, "not_found", "There is no such challenge.");
    const request = { challengeId: "x", verificationCode: CODE };
    await expect(authsignal.verify(request)).rejects.toMatchObject(unknown);
    await expect(authsignal.challenge({ challengeId: "x" })).rejects.toMatchObject(unknown);
    await expect(authsignal.claimChallenge({ challengeId: "x", userId })).rejects.toMatchObject(unknown);
  });

  it.each(Object.entries(FAILING_RECIPIENTS))("have a use for %s: %s", async (to, trouble) => {
    const { emulator, authsignal } = start();
    const request: ChallengeRequest = to.includes("@")
      ? { verificationMethod: "EMAIL_OTP", action, email: to }
      : { verificationMethod: "SMS", action, phoneNumber: to };
    if (trouble === "rate-limited" || trouble === "undeliverable") {
      const expected = {
        "rate-limited": { ...refused(429, "too_many_requests"), retryAfter: 60_000 },
        undeliverable: refused(502, "delivery_failed"),
      };
      await expect(authsignal.challenge(request)).rejects.toMatchObject(expected[trouble]);
      expect(emulator.outbox.list()).toEqual([]);
      return;
    }
    const { challengeId } = await authsignal.challenge(request);
    expect(emulator.outbox.list()).toMatchObject([{ to, code: CODE }]);
    const failureReason = trouble === "too-many-attempts" ? "MAX_ATTEMPTS_EXCEEDED" : "CODE_INVALID_OR_EXPIRED";
    expect(await authsignal.verify({ challengeId, verificationCode: CODE })).toEqual({
      isVerified: false,
      failureReason,
    });
    await expect(authsignal.claimChallenge({ challengeId, userId })).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe("claimChallenge", () => {
  it("gives a token that stands for the passed challenge", async () => {
    const { emulator, authsignal, sendAndVerify } = start();
    const challengeId = await sendAndVerify();
    const { token, verificationMethod } = await authsignal.claimChallenge({ challengeId, userId });
    expect(verificationMethod).toBe("SMS");
    expect(await authsignal.validateChallenge({ token, userId, action: "signIn" })).toMatchObject({
      isValid: true,
      state: "CHALLENGE_SUCCEEDED",
      verificationMethod,
    });
    expect(await authsignal.getAuthenticators({ userId })).toEqual([]);
    expect(emulator.export().users).toMatchObject([{ userId }]);
  });

  it.each<[string, (world: ReturnType<typeof start>) => Promise<[id: string, user: string, skip?: boolean]>, object]>([
    ["was not verified", async ({ send }) => [(await send()).challengeId, userId], { statusCode: 400 }],
    [
      "was started for another user",
      async ({ authsignal }) => {
        const request = { verificationMethod: "SMS", action, phoneNumber, userId: "other" } as const;
        const { challengeId } = await authsignal.challenge(request);
        await authsignal.verify({ challengeId, verificationCode: CODE });
        return [challengeId, userId];
      },
      { statusCode: 400 },
    ],
    [
      "was claimed before",
      async ({ authsignal, sendAndVerify }) => {
        const challengeId = await sendAndVerify();
        await authsignal.claimChallenge({ challengeId, userId });
        return [challengeId, userId];
      },
      { statusCode: 409, errorCode: "conflict" },
    ],
    [
      "has expired",
      async ({ emulator, sendAndVerify }) => {
        const challengeId = await sendAndVerify();
        emulator.clock.advance("10m");
        return [challengeId, userId, true];
      },
      { statusCode: 400 },
    ],
    ["is claimed for no user", async ({ sendAndVerify }) => [await sendAndVerify(), ""], { statusCode: 400 }],
  ])("refuses one that %s", async (_name, prepare, error) => {
    const world = start();
    const [challengeId, user, skipVerificationCheck] = await prepare(world);
    const before = world.emulator.export();
    const claim = world.authsignal.claimChallenge({ challengeId, userId: user, skipVerificationCheck });
    await expect(claim).rejects.toMatchObject(error);
    expect(world.emulator.export(), "nothing has changed").toEqual(before);
  });

  it("takes one that was not verified, when told to skip the check", async () => {
    const { authsignal, send } = start();
    const { challengeId } = await send();
    const { token } = await authsignal.claimChallenge({ challengeId, userId, skipVerificationCheck: true });
    expect(await authsignal.validateChallenge({ token })).toMatchObject({ isValid: true });
  });

  it.each<[ChallengeRequest["scope"], before: string[], after: string[]]>([
    [undefined, ["+1"], ["+1"]],
    ["add:authenticators", [], ["+2"]],
    ["add:authenticators", ["+1"], ["+1", "+2"]],
    ["add:authenticators", ["+2"], ["+2"]],
    ["update:authenticators", [], []],
    ["update:authenticators", ["+1"], ["+2"]],
    ["add:authenticators update:authenticators", [], ["+2"]],
    ["add:authenticators update:authenticators", ["+1"], ["+2"]],
  ])("with the scope %s makes of %o %o", async (scope, before, after) => {
    const { authsignal, enroll } = start();
    for (const number of before) await enroll(userId, number);
    const request = { verificationMethod: "SMS", action: "settings", phoneNumber: "+2", userId, scope } as const;
    const { challengeId } = await authsignal.challenge(request);
    await authsignal.verify({ challengeId, verificationCode: CODE });
    await authsignal.claimChallenge({ challengeId, userId });
    const found = await authsignal.getAuthenticators({ userId });
    expect(found.map((one) => one.phoneNumber)).toEqual(after);
  });

  it("does not make a blocked action succeed", async () => {
    const { emulator, authsignal, sendAndVerify } = start();
    emulator.rules.set("signIn", "BLOCK");
    const { token } = await authsignal.claimChallenge({ challengeId: await sendAndVerify(), userId });
    expect(await authsignal.validateChallenge({ token })).toMatchObject({ isValid: false, state: "BLOCK" });
  });
});
