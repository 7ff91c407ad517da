import { strict as assert } from "node:assert";
import fc from "fast-check";
import { noteToken } from "./actions.ts";
import { appCode, CODE_LIFETIME, claim, isOpen, periodOf, send, tryCode } from "./codes.ts";
import { kind } from "./command.ts";
import type { ChallengeModel, TenantModel } from "./data.ts";
import { learnIds } from "./invariants.ts";
import { enrolledBy } from "./people.ts";
import { action, device, email, key, phone, pick, picked, user } from "./population.ts";
import { answered, plain } from "./world.ts";

/** Which code is entered. The right one may have been used before. */
export const codeKind = fc.constantFrom("right", "right", "right", "wrong", "of another", "used");
export type CodeKind = "right" | "wrong" | "of another" | "used";

const WRONG = "000000";

export function codeOf(tenant: TenantModel, challenge: ChallengeModel, kind: CodeKind): string {
  const { method, code, userId } = challenge;
  const isUsed = kind === "used";
  if (kind === "wrong") return WRONG;
  if (kind === "of another") return tenant.challenges.find((one) => one !== challenge && one.code)?.code ?? WRONG;
  if (method === "AUTHENTICATOR_APP") return appCode(isUsed ? periodOf(tenant.now) - 1 : periodOf(tenant.now));
  if (method !== "RECOVERY_CODE") return code ?? WRONG;
  return tenant.recoveryCodes.find((one) => one.userId === userId && one.isSpent === isUsed)?.code ?? WRONG;
}

export const sendable = fc.constantFrom("SMS" as const, "EMAIL_OTP" as const, "WHATSAPP" as const);

const started = fc.record({
  method: sendable,
  code: action,
  key,
  email,
  phone,
  details: fc.record(
    {
      userId: user,
      deviceId: device,
      scope: fc.constantFrom("add:authenticators", "update:authenticators", "add:authenticators update:authenticators"),
    },
    { requiredKeys: [] },
  ),
});

const statusOf = { undeliverable: 502, "too many": 429 };

export const startChallenge = kind(
  "challenge",
  ["challenge"],
  started,
  async ({ model, tenant, server, world, name }, { method, code: action, key, email, phone, details }) => {
    const contact = method === "EMAIL_OTP" ? { email } : { phoneNumber: phone };
    const to = method === "EMAIL_OTP" ? email : phone;
    const trouble = send(model, tenant, { method, to });
    const request = { verificationMethod: method, action, idempotencyKey: key, ...contact, ...details };
    const answer = await answered(server.challenge(request), trouble ? statusOf[trouble] : 200);
    if (!answer) return;
    const expiresAt = tenant.now + CODE_LIFETIME;
    assert.deepEqual([answer.idempotencyKey, answer.expiresAt], [key, Math.floor(expiresAt / 1_000)]);
    const message = world.tenant(name).outbox.last({ to });
    assert.equal(message?.challengeId, answer.challengeId);
    tenant.challenges.push({
      id: answer.challengeId,
      action,
      key,
      method,
      to,
      ...contact,
      ...details,
      code: message?.code,
      expiresAt,
      ...UNTOUCHED,
    });
  },
);

export const sendAgain = kind(
  "send again",
  ["challenge"],
  pick,
  async ({ model, tenant, server, stranger }, index) => {
    const challenge = picked(tenant.challenges, index);
    const challengeId = challenge?.id ?? "none";
    await answered(stranger.challenge({ challengeId }), 404);
    if (!challenge || !isOpen(tenant, challenge)) {
      await answered(server.challenge({ challengeId }), !challenge || challenge.isGone ? 404 : 400);
      return;
    }
    const trouble = send(model, tenant, challenge);
    const answer = await answered(server.challenge({ challengeId }), trouble ? statusOf[trouble] : 200);
    if (!answer) return;
    challenge.expiresAt = tenant.now + CODE_LIFETIME;
    assert.deepEqual([answer.challengeId, answer.expiresAt], [challengeId, Math.floor(challenge.expiresAt / 1_000)]);
  },
  "challenges",
);

export const verifyChallenge = kind(
  "verify",
  ["verify"],
  fc.record({ pick, codeKind }),
  async ({ model, tenant, server, stranger }, { pick, codeKind }) => {
    const challenge = picked(tenant.challenges, pick);
    const verificationCode = challenge ? codeOf(tenant, challenge, codeKind) : WRONG;
    const request = { challengeId: challenge?.id ?? "none", verificationCode };
    await answered(stranger.verify(request), 404);
    const isThere = challenge && !challenge.isGone;
    const answer = await answered(server.verify(request), isThere ? 200 : 404);
    if (!isThere) return;
    const result = tryCode(model, tenant, challenge, verificationCode);
    const { method: verificationMethod, email, phoneNumber } = challenge;
    assert.deepEqual(
      answer,
      plain(
        result === "VERIFIED"
          ? { isVerified: true, email, phoneNumber, verificationMethod }
          : { isVerified: false, failureReason: result },
      ),
    );
  },
  "challenges",
);

export const claimChallenge = kind(
  "claim",
  ["claimChallenge"],
  fc.record({ pick, userId: user, skip: fc.constantFrom(undefined, undefined, false, true) }),
  async ({ tenant, server, stranger }, { pick, userId, skip: skipVerificationCheck }) => {
    const challenge = picked(tenant.challenges, pick);
    const request = { challengeId: challenge?.id ?? "none", userId, skipVerificationCheck };
    await answered(stranger.claimChallenge(request), 404);
    const claimed = challenge ? claim(tenant, challenge, userId, skipVerificationCheck ?? false) : 404;
    const answer = await answered(server.claimChallenge(request), typeof claimed === "number" ? claimed : 200);
    if (!answer || typeof claimed === "number") return;
    assert.equal(answer.verificationMethod, challenge?.method);
    noteToken(tenant, answer.token, claimed);
    learnIds(enrolledBy(tenant, userId), await server.getAuthenticators({ userId }));
  },
  "challenges",
);

export const readChallenge = kind(
  "read challenge",
  ["getChallenge"],
  fc.record({ challengeId: pick, userId: user, action, method: sendable }, { requiredKeys: [] }),
  async ({ tenant, server, stranger }, { challengeId: index, userId, action, method: verificationMethod }) => {
    const wanted = index === undefined ? undefined : (picked(tenant.challenges, index)?.id ?? "none");
    const filter = { challengeId: wanted, userId, action, verificationMethod };
    if (wanted !== undefined) assert.deepEqual(await stranger.getChallenge({ challengeId: wanted }), {});
    const current = tenant.challenges.findLast(
      (one) =>
        !one.isGone &&
        !one.isSpent &&
        tenant.now < one.expiresAt &&
        Object.values(filter).some((value) => value !== undefined) &&
        (wanted === undefined || one.id === wanted) &&
        (userId === undefined || one.userId === userId) &&
        (action === undefined || one.action === action) &&
        (verificationMethod === undefined || one.method === verificationMethod),
    );
    const { smsChannel: _smsChannel, ...answer } = await server.getChallenge(filter);
    assert.deepEqual(
      answer,
      current
        ? plain({
            challengeId: current.id,
            verificationMethod: current.isVerified ? current.method : undefined,
            phoneNumber: current.phoneNumber,
            email: current.email,
            expiresAt: Math.floor(current.expiresAt / 1_000),
            action: current.action,
          })
        : {},
    );
  },
);

export const UNTOUCHED = { isVerified: false, isSpent: false, isGone: false };
