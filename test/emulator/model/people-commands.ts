import { strict as assert } from "node:assert";
import fc from "fast-check";
import { deviceOf } from "./actions.ts";
import { APP_SECRET } from "./codes.ts";
import { kind } from "./command.ts";
import type { Method } from "./data.ts";
import { learnIds } from "./invariants.ts";
import { type Enrollment, enroll, enrolledBy, forget, methodsOf, update } from "./people.ts";
import { amount, credential, device, email, phone, pick, picked, user } from "./population.ts";
import { answered, plain } from "./world.ts";

export const method = fc.constantFrom(
  "SMS",
  "EMAIL_OTP",
  "EMAIL_MAGIC_LINK",
  "AUTHENTICATOR_APP",
  "PASSKEY",
  "WHATSAPP",
);

const details = fc.record(
  {
    email,
    emailVerified: fc.boolean(),
    phoneNumber: phone,
    phoneNumberVerified: fc.boolean(),
    username: fc.constantFrom("jo", "mo"),
    displayName: fc.constantFrom("Jo", "Mö"),
    locale: fc.constantFrom("en", "de"),
    defaultVerificationMethod: method,
    custom: fc.record({ amount }),
  },
  { requiredKeys: [] },
);

/** What is enrolled, by method. */
function enrollment(
  userId: string,
  method: Method,
  input: { email: string; phone: string; credential: string },
): Enrollment {
  switch (method) {
    case "SMS":
    case "WHATSAPP":
      return { userId, method, phoneNumber: input.phone };
    case "AUTHENTICATOR_APP":
      return { userId, method, otpUri: `otpauth://totp/Example:jo?secret=${APP_SECRET}` };
    case "PASSKEY":
      return { userId, method, credentialId: input.credential };
    default:
      return { userId, method, email: input.email };
  }
}

const credentialPublicKey = "pQECAyYgASFYIA";

export const updateUser = kind(
  "update",
  ["updateUser"],
  fc.record({ userId: user, details }),
  async ({ tenant, server }, { userId, details }) => {
    const answer = await server.updateUser({ userId, attributes: details });
    const {
      createdAt: _time,
      locale: _locale,
      defaultVerificationMethod: _method,
      ...rest
    } = update(tenant, userId, details);
    assert.deepEqual(answer, plain(rest));
  },
);

export const deleteUser = kind("delete", ["deleteUser"], user, async ({ tenant, server }, userId) => {
  assert.deepEqual(await server.deleteUser({ userId }), { success: true });
  forget(tenant, userId);
});

export const enrollMethod = kind(
  "enroll",
  ["enrollVerifiedAuthenticator"],
  fc.record({ userId: user, method, email, phone, credential, isDefault: fc.boolean() }),
  async ({ tenant, server }, { userId, method, isDefault, ...input }) => {
    const { userId: _userId, method: verificationMethod, ...rest } = enrollment(userId, method, input);
    const key = method === "PASSKEY" ? { credentialPublicKey } : {};
    const row = enroll(tenant, { userId, method, ...rest });
    const attributes = { verificationMethod: method, ...rest, ...key, isDefault };
    const answer = await answered(server.enrollVerifiedAuthenticator({ userId, attributes }), row ? 200 : 409);
    if (!row || !answer) return;
    row.id ??= answer.authenticator.userAuthenticatorId;
    assert.equal(answer.authenticator.userAuthenticatorId, row.id);
    if (isDefault) update(tenant, userId, { defaultVerificationMethod: verificationMethod });
    const hasCodes = tenant.recoveryCodes.some((one) => one.userId === userId);
    assert.equal(answer.recoveryCodes === undefined, hasCodes, "recovery codes are given once");
    const codes = answer.recoveryCodes ?? [];
    tenant.recoveryCodes.push(...codes.map((code) => ({ userId, code, isSpent: false })));
  },
);

export const enrollPasskeys = kind(
  "enroll passkeys",
  ["batchEnrollVerifiedAuthenticators"],
  fc.array(fc.record({ userId: user, credentialId: credential }), { maxLength: 3 }),
  async ({ tenant, server }, batch) => {
    const authenticators = batch.map((one) => ({
      ...one,
      verificationMethod: "PASSKEY" as const,
      credentialPublicKey,
    }));
    const answer = await server.batchEnrollVerifiedAuthenticators({ authenticators });
    const refused = batch.filter((one) => !enroll(tenant, { ...one, method: "PASSKEY" }));
    assert.deepEqual(
      answer.failures.map(({ userId, credentialId, errorCode }) => ({ userId, credentialId, errorCode })),
      refused.map((one) => ({ ...one, errorCode: "conflict" })),
    );
    assert.deepEqual([answer.total, answer.failed], [batch.length, refused.length]);
    assert.equal(answer.succeeded, batch.length - refused.length);
    for (const { userId } of batch) learnIds(enrolledBy(tenant, userId), await server.getAuthenticators({ userId }));
  },
);

export const removeAuthenticator = kind(
  "remove authenticator",
  ["deleteAuthenticator"],
  fc.record({ userId: user, pick }),
  async ({ tenant, server, stranger }, { userId, pick }) => {
    const row = picked(tenant.authenticators, pick);
    const userAuthenticatorId = row?.id ?? "none";
    await answered(stranger.deleteAuthenticator({ userId: row?.userId ?? userId, userAuthenticatorId }), 404);
    const isTheirs = row?.userId === userId;
    await answered(server.deleteAuthenticator({ userId, userAuthenticatorId }), isTheirs ? 200 : 404);
    if (!isTheirs) return;
    tenant.authenticators = tenant.authenticators.filter((one) => one !== row);
    for (const challenge of tenant.challenges) if (challenge.authenticator === row) challenge.isGone = true;
  },
  "authenticators",
);

export const findUsers = kind(
  "find users",
  ["queryUsers"],
  fc.record(
    { email, phoneNumber: phone, username: fc.constantFrom("jo", "mo"), limit: fc.constantFrom(1, 2, 20) },
    { requiredKeys: ["limit"] },
  ),
  async ({ tenant, server }, { limit, ...filter }) => {
    if (Object.keys(filter).length === 0) {
      await answered(server.queryUsers({ limit }), 400);
      return;
    }
    const found: string[] = [];
    let pages = 0;
    for (let cursor: string | undefined, isLast = false; !isLast; isLast = cursor === undefined) {
      const page = await server.queryUsers({ ...filter, limit, lastEvaluatedUserId: cursor });
      for (const one of page.users) {
        assert.equal(one.isEnrolled, methodsOf(tenant, one.userId).length > 0);
        assert.deepEqual(one.enrolledVerificationMethods, methodsOf(tenant, one.userId));
        found.push(one.userId);
      }
      cursor = page.lastEvaluatedUserId;
      pages += 1;
    }
    const wanted = tenant.users.filter(
      (one) =>
        (filter.email === undefined || one.email === filter.email) &&
        (filter.phoneNumber === undefined || one.phoneNumber === filter.phoneNumber) &&
        (filter.username === undefined || one.username === filter.username),
    );
    assert.deepEqual(found, wanted.map(({ userId }) => userId).sort());
    assert.equal(pages, Math.max(1, Math.ceil(wanted.length / limit)));
  },
);

export const readConfiguration = kind(
  "read the configuration",
  ["getAuthenticatorConfigurations"],
  fc.constant("now"),
  async ({ server }) => {
    const configurations = await server.getAuthenticatorConfigurations();
    assert.deepEqual(
      configurations.filter(({ isActive }) => isActive).map(({ verificationMethod }) => verificationMethod),
      ["SMS", "EMAIL_OTP", "EMAIL_MAGIC_LINK", "AUTHENTICATOR_APP", "PASSKEY", "WHATSAPP", "PUSH"],
    );
  },
);

export const rememberDevice = kind(
  "remember device",
  ["updateDevice"],
  fc.record({ userId: user, deviceId: device, days: fc.option(fc.constantFrom(1, 30)) }),
  async ({ tenant, server }, { userId, deviceId, days }) => {
    const known = deviceOf(tenant, userId, deviceId);
    const until = days === null ? undefined : tenant.now + days * 86_400_000;
    const rememberedUntil = until === undefined ? null : new Date(until).toISOString();
    const request = { userId, deviceId, attributes: { rememberedUntil } };
    await answered(server.updateDevice(request), known ? 200 : 404);
    if (known) known.rememberedUntil = until;
  },
);

export const invalidateDevice = kind(
  "invalidate device",
  ["invalidateDevice"],
  fc.record({ userId: user, deviceId: device }),
  async ({ tenant, server }, request) => {
    const known = deviceOf(tenant, request.userId, request.deviceId);
    await answered(server.invalidateDevice(request), known ? 200 : 404);
    if (!known) return;
    known.invalidatedAt = tenant.now;
    known.rememberedUntil = undefined;
  },
);
