import { describe, expect, it } from "vitest";
import type { BatchAuthenticator, EnrollVerifiedAuthenticatorAttributes } from "../../../src/index.ts";
import { action, call, email, invalid, phoneNumber, refused, start, userId } from "../../support/emulator/emulator.ts";

const otpUri = "otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP&issuer=Example";
const passkey = { credentialId: "Y3JlZC1vbmU", credentialPublicKey: "pQECAyYgASFYIA" };

const METHODS: [EnrollVerifiedAuthenticatorAttributes, shown: object][] = [
  [{ verificationMethod: "SMS", phoneNumber }, { phoneNumber }],
  [{ verificationMethod: "WHATSAPP", phoneNumber }, { phoneNumber }],
  [{ verificationMethod: "EMAIL_OTP", email }, { email }],
  [{ verificationMethod: "EMAIL_MAGIC_LINK", email }, { email }],
  [{ verificationMethod: "AUTHENTICATOR_APP", otpUri }, {}],
  [
    { verificationMethod: "PASSKEY", ...passkey, name: "Pixel 9" },
    { webauthnCredential: { credentialId: passkey.credentialId, deviceId: expect.any(String), name: "Pixel 9" } },
  ],
];

describe("enrollVerifiedAuthenticator", () => {
  it.each(METHODS)("enrolls %o", async (attributes, shown) => {
    const { emulator, authsignal } = start();
    emulator.clock.freeze("2026-01-15T03:04:05Z");
    const { authenticator, recoveryCodes } = await authsignal.enrollVerifiedAuthenticator({ userId, attributes });
    const { verificationMethod } = attributes;
    const createdAt = "2026-01-15T03:04:05.000Z";
    const expected = { userAuthenticatorId: expect.any(String), verificationMethod, createdAt, verifiedAt: createdAt };
    expect(authenticator).toEqual({ userId, ...expected, ...shown });
    expect(recoveryCodes).toHaveLength(8);
    expect(await authsignal.getAuthenticators({ userId })).toEqual([authenticator]);
    expect(await authsignal.getUser({ userId })).toMatchObject({
      isEnrolled: true,
      enrolledVerificationMethods: [verificationMethod],
      defaultVerificationMethod: verificationMethod,
    });
    expect(emulator.outbox.list(), "the user is sent nothing").toEqual([]);
  });

  it.each([
    [{ verificationMethod: "SMS" }, "body.phoneNumber is required for SMS"],
    [{ verificationMethod: "SMS", phoneNumber: "" }, "body.phoneNumber is required for SMS"],
    [{ verificationMethod: "WHATSAPP", email }, "body.phoneNumber is required for WHATSAPP"],
    [{ verificationMethod: "EMAIL_OTP", phoneNumber }, "body.email is required for EMAIL_OTP"],
    [{ verificationMethod: "EMAIL_MAGIC_LINK" }, "body.email is required for EMAIL_MAGIC_LINK"],
    [{ verificationMethod: "AUTHENTICATOR_APP" }, "body.otpUri is required for AUTHENTICATOR_APP"],
    [{ verificationMethod: "AUTHENTICATOR_APP", otpUri: "https://x" }, expect.stringMatching(/^body\.otpUri must be/)],
    [
      { verificationMethod: "AUTHENTICATOR_APP", otpUri: "otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=1" },
      expect.stringMatching(/^body\.otpUri must be .* totp/),
    ],
    [{ verificationMethod: "PASSKEY", credentialPublicKey: "k" }, "body.credentialId is required for PASSKEY"],
    [{ verificationMethod: "PASSKEY", credentialId: "c" }, "body.credentialPublicKey is required for PASSKEY"],
    [{}, "body.verificationMethod is required"],
    [
      { verificationMethod: "PUSH" },
      "body.verificationMethod must be equal to one of the allowed values - allowedValues: SMS,EMAIL_OTP,EMAIL_MAGIC_LINK,AUTHENTICATOR_APP,PASSKEY,WHATSAPP",
    ],
  ])("refuses %o", async (body, words) => {
    const { emulator } = start();
    expect(await call(emulator, `POST /users/${userId}/authenticators`, { body })).toMatchObject(invalid(words));
    expect(emulator.export()).toMatchObject({ users: [], authenticators: [] });
  });

  it.each(METHODS)("renews %o instead of doubling it", async (attributes) => {
    const { emulator, authsignal } = start();
    const enroll = () => authsignal.enrollVerifiedAuthenticator({ userId, attributes });
    const first = await enroll();
    emulator.clock.advance("1h");
    const second = await enroll();
    expect(second.recoveryCodes).toBeUndefined();
    const { userAuthenticatorId, createdAt } = first.authenticator;
    expect(second.authenticator).toMatchObject({ userAuthenticatorId, createdAt });
    expect(await authsignal.getAuthenticators({ userId })).toHaveLength(1);
  });

  it("looks only at what the method needs", async () => {
    const { authsignal } = start();
    await authsignal.enrollVerifiedAuthenticator({
      userId,
      attributes: { verificationMethod: "SMS", phoneNumber, email },
    });
    expect(await authsignal.getUser({ userId })).toMatchObject({ phoneNumberVerified: true, emailVerified: false });
  });

  it("makes the default that was asked for, and else the first one", async () => {
    const { authsignal } = start();
    const enroll = (attributes: EnrollVerifiedAuthenticatorAttributes) =>
      authsignal.enrollVerifiedAuthenticator({ userId, attributes });
    const usual = async () => (await authsignal.getUser({ userId })).defaultVerificationMethod;
    await enroll({ verificationMethod: "SMS", phoneNumber });
    const { authenticator } = await enroll({ verificationMethod: "EMAIL_OTP", email });
    expect(await usual()).toBe("SMS");
    await enroll({ verificationMethod: "WHATSAPP", phoneNumber, isDefault: true });
    expect(await usual()).toBe("WHATSAPP");
    await authsignal.updateUser({ userId, attributes: { defaultVerificationMethod: "EMAIL_OTP" } });
    expect(await usual()).toBe("EMAIL_OTP");
    await authsignal.deleteAuthenticator({ userId, userAuthenticatorId: authenticator.userAuthenticatorId });
    expect(await usual()).toBe("SMS");
  });

  it("gives recovery codes once, all different, and none when they are switched off", async () => {
    const { authsignal, enroll } = start();
    const { recoveryCodes = [] } = await enroll();
    expect(new Set(recoveryCodes).size).toBe(8);
    for (const code of recoveryCodes) expect(code).toMatch(/^[a-z\d]{4}-[a-z\d]{4}$/);
    const attributes = { verificationMethod: "EMAIL_OTP", email } as const;
    expect((await authsignal.enrollVerifiedAuthenticator({ userId, attributes })).recoveryCodes).toBeUndefined();
    expect((await start({ recoveryCodes: false }).enroll()).recoveryCodes).toBeUndefined();
  });

  it("rejects a passkey of another user", async () => {
    const { authsignal, emulator } = start();
    const attributes = { verificationMethod: "PASSKEY", ...passkey } as const;
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes });
    await expect(authsignal.enrollVerifiedAuthenticator({ userId: "thief", attributes })).rejects.toMatchObject(
      refused(409, "conflict", "Credential already exists for a different user."),
    );
    expect(emulator.export().users).toHaveLength(1);
  });
});

describe("batchEnrollVerifiedAuthenticators", () => {
  const item = (user: string, credentialId: string): BatchAuthenticator => ({
    userId: user,
    verificationMethod: "PASSKEY",
    credentialId,
    credentialPublicKey: "k",
  });

  it("enrolls what it can, and names passkeys of other users, also within one batch", async () => {
    const { authsignal } = start();
    const enroll = (authenticators: BatchAuthenticator[]) =>
      authsignal.batchEnrollVerifiedAuthenticators({ authenticators });
    expect(
      await enroll([item("a", "1"), { ...item("b", "2"), name: "Key", transports: ["usb"], aaguid: "x" }]),
    ).toEqual({
      total: 2,
      succeeded: 2,
      failed: 0,
      failures: [],
    });
    const failure = { errorCode: "conflict", errorDescription: "Credential already exists for a different user." };
    expect(await enroll([item("c", "1"), item("c", "3"), item("d", "3"), item("a", "1")])).toEqual({
      total: 4,
      succeeded: 2,
      failed: 2,
      failures: [
        { userId: "c", credentialId: "1", ...failure },
        { userId: "d", credentialId: "3", ...failure },
      ],
    });
    const count = async (user: string) => (await authsignal.getAuthenticators({ userId: user })).length;
    expect([await count("a"), await count("b"), await count("c"), await count("d")]).toEqual([1, 1, 1, 0]);
    expect(await authsignal.getAuthenticators({ userId: "b" })).toMatchObject([
      { webauthnCredential: { credentialId: "2", name: "Key", aaguid: "x" } },
    ]);
  });

  it("takes 1,000 at once, and not one more", async () => {
    const { emulator, authsignal } = start();
    const authenticators = Array.from({ length: 1_001 }, (_, index) => item(`user ${index}`, `${index}`));
    const thousand = { authenticators: authenticators.slice(1) };
    expect(await authsignal.batchEnrollVerifiedAuthenticators(thousand)).toMatchObject({ succeeded: 1_000, failed: 0 });
    expect(await authsignal.batchEnrollVerifiedAuthenticators({ authenticators: [] })).toMatchObject({ total: 0 });
    expect(await call(emulator, "POST /users/authenticators", { body: { authenticators } })).toMatchObject(
      invalid("a list in body must NOT have more than 1000 items"),
    );
    expect(await authsignal.getAuthenticators({ userId: "user 0" })).toEqual([]);
  });
});

describe("deleteAuthenticator", () => {
  it("deletes one of the user's own", async () => {
    const { authsignal, enroll } = start();
    const { authenticator } = await enroll();
    const { userAuthenticatorId } = authenticator;
    const gone = refused(404, "not_found", "The user has no such authenticator.");
    await expect(authsignal.deleteAuthenticator({ userId: "other", userAuthenticatorId })).rejects.toMatchObject(gone);
    expect(await authsignal.deleteAuthenticator({ userId, userAuthenticatorId })).toEqual({ success: true });
    expect(await authsignal.getAuthenticators({ userId })).toEqual([]);
    await expect(authsignal.deleteAuthenticator({ userId, userAuthenticatorId })).rejects.toMatchObject(gone);
    expect((await authsignal.track({ userId, action })).state).toBe("ALLOW");
  });

  it("ends the challenges that were sent to it", async () => {
    const { emulator, authsignal, enroll } = start();
    const { authenticator } = await enroll();
    await enroll(userId, "+64270000001");
    const { userAuthenticatorId } = (await authsignal.getAuthenticators({ userId }))[1] ?? authenticator;
    const visit = await emulator.visit((await authsignal.track({ userId, action })).url);
    await visit.choose("SMS");
    await authsignal.deleteAuthenticator({ userId, userAuthenticatorId });
    await expect(visit.enter("123456")).rejects.toThrow();
  });
});

describe("what the tenant offers", () => {
  it("is the usual, or what the seed says", async () => {
    const usual = await start().authsignal.getAuthenticatorConfigurations();
    expect(usual.map(({ verificationMethod }) => verificationMethod)).toEqual(
      expect.arrayContaining(["SMS", "EMAIL_OTP", "EMAIL_MAGIC_LINK", "AUTHENTICATOR_APP", "PASSKEY", "WHATSAPP"]),
    );
    const { authsignal } = start({
      seed: {
        configurations: [
          { verificationMethod: "SMS", smsChannel: "WHATSAPP", isEditableByUser: true },
          { verificationMethod: "PASSKEY", isActive: false },
        ],
      },
    });
    expect(await authsignal.getAuthenticatorConfigurations()).toEqual([
      {
        authenticatorId: "authenticator_sms",
        verificationMethod: "SMS",
        isActive: true,
        smsChannel: "WHATSAPP",
        isEditableByUser: true,
      },
      { authenticatorId: "authenticator_passkey", verificationMethod: "PASSKEY", isActive: false },
    ]);
    expect((await authsignal.getUser({ userId })).allowedVerificationMethods).toEqual(["SMS"]);
    for (const attempt of [
      authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "PASSKEY", ...passkey } }),
      authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "EMAIL_OTP", email } }),
      authsignal.challenge({ verificationMethod: "EMAIL_OTP", email, action }),
    ]) {
      await expect(attempt).rejects.toMatchObject(refused(400, "invalid_configuration"));
    }
  });

  it("can be nothing, and then nothing can be tracked", async () => {
    for (const configurations of [[], [{ verificationMethod: "SMS", isActive: false }]]) {
      const { authsignal } = start({ seed: { configurations } });
      await expect(authsignal.track({ userId, action })).rejects.toMatchObject(refused(400, "AUTHENTICATOR_NOT_FOUND"));
    }
  });
});
