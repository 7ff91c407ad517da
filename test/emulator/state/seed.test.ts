import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import schema from "../../../generated/emulator-seed.schema.json" with { type: "json" };
import type { Seed } from "../../../src/emulator/state/rows.ts";
import { CallConnect } from "../../../src/index.ts";
import { action, CODE, call, clientOf, email, phoneNumber, start, userId } from "../../support/emulator/emulator.ts";

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats(ajv);
const fits = ajv.compile(schema);

function pemOf({ privateKey }: KeyPairKeyObjectResult): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function check(seed: Seed): void {
  const written: unknown = JSON.parse(JSON.stringify(seed));
  expect(fits(written), JSON.stringify(fits.errors)).toBe(true);
}

/** An emulator that holds something of everything. */
async function lived() {
  const world = start({ fetch: () => new Response() });
  const { emulator, authsignal, stepUp, sendAndVerify } = world;
  emulator.webhooks.configure({ url: "http://app.localhost/webhooks" });
  emulator.clock.advance("1 day");
  emulator.rules.add({ action: "pay", where: { custom: { a: 1 } }, outcome: "REVIEW", output: { x: [1] } });
  emulator.rules.next("BLOCK", { action: "never", outcome: "REVIEW" });
  const custom = { tier: "gold", isVip: true, count: 1 };
  await authsignal.updateUser({ userId, attributes: { email, custom, locale: "en", username: "jo" } });
  await authsignal.track({ userId, action: "pay", attributes: { custom: { a: 1 }, deviceId: "laptop" } });
  const { token } = await stepUp(userId, { deviceId: "laptop" });
  const session = await authsignal.createSession({ token, clientId: "web" });
  await authsignal.claimChallenge({ userId: "usr_2", challengeId: await sendAndVerify("+64270000002") });
  const open = await authsignal.challenge({ verificationMethod: "EMAIL_OTP", email, action });
  const { callConnectSecretKey, origin, fetch } = emulator;
  const callConnect = new CallConnect({ apiSecretKey: callConnectSecretKey, apiUrl: origin, fetch });
  await callConnect.startCall({ referenceId: "call-1", phoneNumber });
  await callConnect.finishCall({ referenceId: "call-1", state: "CHALLENGE_FAILED", payload: { a: [null, {}] } });
  await emulator.webhooks.settle();
  return { ...world, session, token, open };
}

describe("an export", () => {
  it("fits the schema and holds something of everything", async () => {
    const { emulator } = await lived();
    const seed = emulator.export();
    check(seed);
    for (const [name, rows] of Object.entries(seed)) if (Array.isArray(rows)) expect(rows, name).not.toEqual([]);
    const known = Object.keys(schema.properties).filter((name) => !["$schema", "configurations"].includes(name));
    expect(Object.keys(seed).toSorted()).toEqual(known.toSorted());
    expect(JSON.stringify(seed), "the secret key").not.toContain("sk_emulator");
  });

  it("imported elsewhere, as JSON, is the same, and everything goes on", async () => {
    const { emulator, session, open, token } = await lived();
    const seed = emulator.export();
    const text = JSON.stringify(seed);
    const copy = start({ seed: JSON.parse(text) }).emulator;
    copy.import(JSON.parse(text));
    expect(JSON.parse(JSON.stringify(copy.export()))).toEqual(JSON.parse(text));
    const client = clientOf(copy);
    expect(await client.validateSession({ accessToken: session.accessToken })).toMatchObject({ user: { userId } });
    expect(await client.validateChallenge({ token })).toMatchObject({ error: "Token has been used already." });
    const request = { challengeId: open.challengeId, verificationCode: CODE };
    expect((await client.verify(request)).isVerified).toBe(true);
    expect(await client.refreshSession({ refreshToken: session.refreshToken })).toMatchObject({});
    expect(emulator.export(), "the one it came from").toEqual(seed);
  });

  it("of a seed with undefined fields fills these in like fields that are left out", () => {
    const nothing = { createdAt: undefined, updatedAt: undefined };
    const seed = {
      users: [{ userId, emailVerified: undefined, createdAt: undefined }],
      authenticators: [
        { userId, verificationMethod: "SMS", phoneNumber, userAuthenticatorId: undefined, verifiedAt: undefined },
      ],
      actions: [
        { userId, actionCode: action, state: "ALLOW", idempotencyKey: undefined, rules: undefined, ...nothing },
      ],
      devices: [{ userId, deviceId: "laptop", createdAt: undefined }],
      configurations: [{ verificationMethod: "SMS", authenticatorId: undefined, isActive: undefined }],
    } satisfies Seed;
    const shortened = JSON.parse(JSON.stringify(seed));
    const [exported, expected] = [seed, shortened].map((one) => start({ seed: one }).emulator.export());
    for (const name of ["users", "authenticators", "actions", "devices", "configurations"] as const) {
      const [row] = exported?.[name] ?? [];
      const given = Object.entries(row ?? {}).filter(([, value]) => value !== undefined);
      expect(Object.keys(Object.fromEntries(given)).toSorted(), name).toEqual(
        Object.keys(expected?.[name]?.[0] ?? {}).toSorted(),
      );
    }
  });

  it.each([
    ["POST /users/u/actions/a", { deviceId: "" }],
    ["POST /users/u/actions/a", { idempotencyKey: "", challengeId: "", email: "", phoneNumber: "", username: "" }],
    ["POST /users/u/actions/a", { redirectUrl: "myapp://x", scope: "", locale: "", ipAddress: "", userAgent: "" }],
    ["PATCH /users/u", { email: "", phoneNumber: "", username: "", displayName: "", locale: "", custom: {} }],
    ["POST /users/authenticators", { authenticators: [passkey({ userId: "" })] }],
    ["POST /users/authenticators", { authenticators: [passkey({ credentialId: "" })] }],
    ["POST /users/authenticators", { authenticators: [passkey({ credentialPublicKey: "", name: "", aaguid: "" })] }],
    ["POST /users/u/authenticators", { ...passkey({ credentialId: "" }), userId: undefined }],
    ["POST /users/u/authenticators", { verificationMethod: "SMS", phoneNumber, email: "", name: "", credentialId: "" }],
    ["POST /challenge", { verificationMethod: "SMS", phoneNumber, action: "a", idempotencyKey: "" }],
    ["POST /challenge", { verificationMethod: "SMS", phoneNumber, action: "a", userId: "", deviceId: "" }],
    ["POST /challenge", { verificationMethod: "SMS", phoneNumber, action: "" }],
    ["POST /challenge", { verificationMethod: "SMS", phoneNumber, action: "a", locale: "", userAgent: "" }],
    ["/call/start", { referenceId: "", phoneNumber }],
    ["/call/start", { referenceId: "r", phoneNumber, userId: "", username: "", actionCode: "", email: "" }],
  ])("of what %s leaves behind can be imported again: %o", async (at, body) => {
    const { emulator } = start();
    if (at.startsWith("/call")) {
      const { callConnectSecretKey, origin, fetch } = emulator;
      const headers = { authorization: `Basic ${btoa(`${callConnectSecretKey}:`)}` };
      await fetch(origin + at, { method: "POST", body: JSON.stringify(body), headers });
    } else {
      await call(emulator, at, { body });
    }
    const seed = emulator.export();
    check(seed);
    const copy = start({ seed: JSON.parse(JSON.stringify(seed)) }).emulator;
    expect(copy.export().users).toEqual(seed.users);
  });
});

describe("a seed", () => {
  it("needs only the required fields; the others are generated", async () => {
    const seed: Seed = {
      $schema: "https://example.com/schema.json",
      users: [{ userId, email }],
      authenticators: [{ userId: "usr_2", verificationMethod: "SMS", phoneNumber }],
      actions: [{ userId: "usr_3", actionCode: "pay", state: "NEW_STATE" }],
      challenges: [{ action, verificationMethod: "SMS", phoneNumber, challengeId: "c" }],
      sessions: [{ userId: "usr_4", clientId: "web" }],
      devices: [{ userId: "usr_5", deviceId: "laptop" }],
      rules: [{ outcome: "REVIEW" }],
    };
    check(seed);
    const { emulator, authsignal } = start({ seed });
    check(emulator.export());
    const ids = emulator.export().users?.map((user) => user.userId);
    expect(ids?.toSorted()).toEqual([userId, "usr_2", "usr_3", "usr_4", "usr_5"]);
    expect(await authsignal.getUser({ userId: "usr_2" })).toMatchObject({ isEnrolled: true });
    expect(await authsignal.queryUserActions({ userId: "usr_3" })).toMatchObject([{ state: "NEW_STATE" }]);
    expect((await authsignal.verify({ challengeId: "c", verificationCode: CODE })).isVerified).toBe(true);
    expect((await authsignal.track({ userId, action: "any" })).state).toBe("REVIEW_REQUIRED");
  });

  it("replaces everything", async () => {
    const { emulator } = await lived();
    emulator.import({ users: [{ userId: "only" }] });
    const { users, clock, ...rest } = emulator.export();
    expect(users).toMatchObject([{ userId: "only" }]);
    expect(clock).toEqual({});
    for (const rows of Object.values(rest)) expect(rows).toEqual([]);
  });

  it.each<[seed: object, words: RegExp]>([
    [
      {
        authenticators: [
          { userId, verificationMethod: "SMS", phoneNumber },
          { userId, verificationMethod: "EMAIL_OTP" },
        ],
      },
      /authenticators\[1\].*email is required for EMAIL_OTP/,
    ],
    [{ users: [{ userId }, { id: "x" }] }, /users\[1\]/],
    [{ users: [{ userId: "" }] }, /users\[0\]\.userId/],
    [{ users: [{ userId: 5 }] }, /users\[0\]\.userId must be string/],
    [{ users: {} }, /users must be array/],
    [{ user: [] }, /user is not in the spec/],
    [{ rules: [{ action, outcome: "challenge" }] }, /rules\[0\]\.outcome must be equal to one of/],
    [{ actions: [{ userId, actionCode: "a", state: "ALLOW", createdAt: "yesterday" }] }, /actions\[0\]\.createdAt/],
    [{ clock: { frozenAt: "never" } }, /clock/],
    [{ signingKey: "no key" }, /signingKey must be a private RSA key/],
    [{ signingKey: pemOf(generateKeyPairSync("rsa", { modulusLength: 1024 })) }, /signingKey must be/],
    [{ signingKey: pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" })) }, /signingKey must be/],
    [[], /./],
  ])("%o is refused by name, and nothing has changed", async (seed, words) => {
    const { emulator, authsignal, enroll } = start();
    await enroll();
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "EMAIL_OTP", email } });
    const before = emulator.export();
    expect(() => emulator.import(seed)).toThrow(TypeError);
    expect(() => emulator.import(seed)).toThrow(words);
    expect(emulator.export()).toEqual(before);
    expect((await authsignal.getUser({ userId })).enrolledVerificationMethods).toEqual(["SMS", "EMAIL_OTP"]);
  });

  it("is copied: later changes of the object have no effect", async () => {
    const custom = { tier: "gold" };
    const seed: Seed = { users: [{ userId, custom }], outcomes: [{ outcome: "BLOCK" }] };
    const { authsignal } = start({ seed });
    custom.tier = "lead";
    expect((await authsignal.getUser({ userId })).custom).toEqual({ tier: "gold" });
  });
});

function passkey(different: object) {
  const usual = { userId, verificationMethod: "PASSKEY", credentialId: "c", credentialPublicKey: "k" };
  return { ...usual, ...different };
}
