import { generateKeyPairSync } from "node:crypto";
import type { Seed } from "../../src/emulator/index.ts";

// The seed of the emulator, with everything that the requests of the table name. Its clock is frozen.

/** The time of the seed. */
export const NOW = "2026-01-15T03:00:00.000Z";
/** The time of the seed in seconds since 1970, as in responses. */
export const NOW_SECONDS = Date.parse(NOW) / 1_000;
/** When the users of the seed signed up. */
export const JANUARY_10 = "2026-01-10T01:00:00.000Z";

export const userId = "usr_123";
export const phoneNumber = "+64270000000";
export const email = "jo@example.com";
export const idempotencyKey = "5924a649-b5d3-4baf-a4ab-4b812dde97a0";
export const smsAuthenticator = "7d9c7c0e-58b4-4b7b-9a64-4f5a3a1d0c01";
export const challengeKey = "0c5a6a0e-6a5c-4f0a-a8d3-0f6f7a1b2c3d";
export const rule = { ruleId: "rule-sign-in", name: "Sign-ins are confirmed" };

const contact = { email, phoneNumber, username: email };
const enrolled = { createdAt: JANUARY_10, verifiedAt: JANUARY_10 };
const unchanged = { updatedAt: NOW, stateUpdatedAt: NOW };
const withdrawal = {
  userId,
  actionCode: "withdraw",
  state: "CHALLENGE_SUCCEEDED",
  verificationMethod: "SMS",
  verifiedByAuthenticatorId: smsAuthenticator,
  userAgent: "Mozilla/5.0",
  ipAddress: "203.0.113.7",
  ...unchanged,
} as const;

/** A key that is made once, because making one takes a while. It protects nothing. */
const signingKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

export const seed: Seed = {
  clock: { frozenAt: NOW },
  users: [
    {
      userId,
      ...contact,
      emailVerified: true,
      phoneNumberVerified: true,
      displayName: "Jo Bloggs",
      locale: "en",
      custom: { tier: "silver" },
      createdAt: JANUARY_10,
    },
    { userId: "usr_124", ...contact, createdAt: JANUARY_10 },
  ],
  authenticators: [
    { userId, userAuthenticatorId: smsAuthenticator, verificationMethod: "SMS", phoneNumber, ...enrolled },
    { userId: "usr_124", verificationMethod: "PASSKEY", credentialId: "Y3JlZC10d28", ...enrolled },
  ],
  actions: [
    {
      userId,
      actionCode: "signIn",
      idempotencyKey,
      state: "CHALLENGE_REQUIRED",
      createdAt: "2026-01-15T02:59:00.000Z",
      ...unchanged,
      rules: [rule],
      output: { custom: { riskBand: "medium" } },
    },
    { ...withdrawal, idempotencyKey: "in-january", createdAt: "2026-01-11T00:00:00.000Z" },
    { ...withdrawal, idempotencyKey: "in-december", createdAt: "2025-12-20T00:00:00.000Z" },
    { ...withdrawal, idempotencyKey: "too-old-to-be-found", createdAt: "2025-12-01T00:00:00.000Z" },
  ],
  challenges: [
    {
      challengeId: "df9ad600-ffb4-4fdf-b59a-1dff79d4f993",
      userId,
      action: "signInWithSms",
      idempotencyKey: challengeKey,
      verificationMethod: "SMS",
      smsChannel: "DEFAULT",
      phoneNumber,
      code: "012345",
      expiresAt: "2026-01-15T03:05:00.000Z",
    },
  ],
  devices: [
    {
      userId,
      deviceId: "0b8f7b5e-2b0c-4c1e-8f63-5a9f6f1f2a77",
      createdAt: JANUARY_10,
      authenticatedAt: "2026-01-11T00:00:00.000Z",
      rememberedUntil: "2026-01-20T00:00:00.000Z",
      lastVerificationMethod: "SMS",
    },
  ],
  calls: [{ referenceId: "call-8812", channel: "SMS", phoneNumber }],
  rules: [{ ...rule, action: "signIn", outcome: "CHALLENGE" }],
  configurations: [
    { verificationMethod: "SMS", smsChannel: "WHATSAPP", isEditableByUser: true },
    { verificationMethod: "EMAIL_OTP" },
    { verificationMethod: "AUTHENTICATOR_APP" },
    { verificationMethod: "PASSKEY" },
    { verificationMethod: "PUSH", isActive: false },
  ],
  signingKey: signingKey.export({ type: "pkcs8", format: "pem" }).toString(),
};
