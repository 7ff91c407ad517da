import { TOTP, URI } from "otpauth";
import { assert, describe, expect, it } from "vitest";
import { failureOf } from "../../support/clients.ts";
import { action, CODE, email, phoneNumber, userId } from "../../support/emulator/emulator.ts";
import { allowed, startPages } from "../../support/emulator/pages.ts";

// What people may set up and remove by themselves, and what becomes of the action. The pages are the way to it.

const VERIFY = "action.verify";

/** A user who has a phone number already. */
const enrolled = { authenticators: [{ userId, verificationMethod: "SMS", phoneNumber } as const] };

/** What an app with this secret shows. */
function codeOf(otpUri: string | undefined, timestamp: number): string {
  const totp = URI.parse(otpUri ?? "");
  assert(totp instanceof TOTP);
  return totp.generate({ timestamp });
}

/** An emulator that asks webhooks, which answer in the process. */
function withWebhooks(types: readonly string[], statusOf: (type: string) => number) {
  const told: { type: string; data: Record<string, unknown> }[] = [];
  const urls = Object.fromEntries(types.map((type) => [type, `http://127.0.0.1:1/${type}`]));
  const started = startPages({
    webhooks: { urls },
    async fetch(request) {
      const { type, data } = JSON.parse(await request.text());
      told.push({ type, data });
      return new Response(null, { status: statusOf(type) });
    },
  });
  return { ...started, told };
}

describe("an enrollment", () => {
  it("confirms the action that allowed it, with what was set up", async () => {
    const { authsignal, emulator, track, stateOf } = startPages();
    const { url, idempotencyKey } = await track();
    const visit = await emulator.visit(url);
    await visit.enroll("SMS", { phoneNumber: "+64 (27) 000-0000" });
    expect(await stateOf({ idempotencyKey })).toBe("ALLOW");
    expect(await authsignal.getAuthenticators({ userId })).toEqual([]);
    const { code } = await emulator.outbox.waitFor({ to: phoneNumber });
    const { token } = await visit.enter(code);
    expect(await authsignal.validateChallenge({ action: allowed, token })).toMatchObject({
      isValid: true,
      state: "CHALLENGE_SUCCEEDED",
      verificationMethod: "SMS",
    });
    const [authenticator, ...rest] = await authsignal.getAuthenticators({ userId });
    expect(rest).toEqual([]);
    expect(authenticator).toMatchObject({ phoneNumber, verificationMethod: "SMS", previousSmsChannel: "DEFAULT" });
    expect(await authsignal.getUser({ userId })).toMatchObject({ isEnrolled: true, phoneNumberVerified: true });
    const [summary] = await authsignal.queryUserActions({ userId });
    expect(summary?.verifiedByAuthenticatorId).toBe(authenticator?.userAuthenticatorId);
  });

  it.each([
    ["EMAIL_OTP", { email }, email],
    ["WHATSAPP", { phoneNumber }, phoneNumber],
  ] as const)("by %s goes to what was typed", async (method, contact, to) => {
    const { emulator, visit, methods } = startPages();
    const walk = await visit({ attributes: { email: "other@example.com", phoneNumber: "+64270000009" } });
    await walk.enroll(method, contact);
    await walk.enter((await emulator.outbox.waitFor({ to })).code);
    expect(await methods()).toEqual([method]);
  });

  it("by an app takes a code once", async () => {
    const { emulator, visit, methods } = startPages();
    const walk = await visit({ attributes: { redirectToSettings: true } });
    await walk.enroll("AUTHENTICATOR_APP");
    const { otpUri } = walk;
    await failureOf(walk.enter("000000"));
    expect(walk.otpUri).toBe(otpUri);
    const code = codeOf(otpUri, emulator.clock.milliseconds);
    await walk.enter(code);
    expect(await methods()).toEqual(["AUTHENTICATOR_APP"]);
    const challenge = await visit({ action });
    await challenge.choose("AUTHENTICATOR_APP");
    expect(await failureOf(challenge.enter(code))).toMatchObject({ message: "This code is wrong or has expired." });
    emulator.clock.advance("30s");
    await challenge.enter(emulator.totp(userId));
    await walk.enroll("AUTHENTICATOR_APP");
    expect(walk.otpUri).not.toBe(otpUri);
    await walk.enter(codeOf(walk.otpUri, emulator.clock.milliseconds));
    expect(await methods(), "a second app stands beside the first").toHaveLength(2);
  });

  it("by a link is confirmed wherever the link is opened", async () => {
    const { emulator, visit, methods } = startPages();
    const walk = await visit();
    await walk.enroll("EMAIL_MAGIC_LINK", { email });
    const link = await walk.open((await emulator.outbox.waitFor({ to: email })).url);
    expect(link.text).toMatch(/Link by email for usr_1/);
    await failureOf(walk.continue());
    await link.approve();
    expect(link.recoveryCodes).toEqual([]);
    await walk.continue();
    expect(walk.recoveryCodes).toHaveLength(8);
    expect(await methods()).toEqual(["EMAIL_MAGIC_LINK"]);
  });

  it("that is denied sets nothing up, and leaves the action as it is", async () => {
    const { emulator, track, stateOf, methods } = startPages();
    const { url, idempotencyKey } = await track();
    const walk = await emulator.visit(url);
    await walk.enroll("PASSKEY");
    expect(await failureOf(walk.deny())).toMatchObject({ message: expect.stringContaining("Not set up.") });
    await walk.enroll("EMAIL_MAGIC_LINK", { email });
    const link = await walk.open(emulator.outbox.last()?.url);
    expect((await link.deny()).token).not.toBe("");
    expect(link.title).toBe("Nothing set up");
    await failureOf(walk.continue());
    expect([await methods(), await stateOf({ idempotencyKey })]).toEqual([[], "ALLOW"]);
    await walk.enroll("PASSKEY");
    await walk.approve();
    expect([await methods(), await stateOf({ idempotencyKey })]).toEqual([["PASSKEY"], "CHALLENGE_SUCCEEDED"]);
  });

  it("sends again to the same contact, with the same challenge", async () => {
    const { emulator, visit } = startPages({ otp: "random" });
    const walk = await visit();
    await walk.enroll("SMS", { phoneNumber });
    await walk.resend();
    await walk.enroll("SMS", { phoneNumber: "+64270000005" });
    const [first, again, other] = emulator.outbox.list();
    expect(again).toMatchObject({ challengeId: first?.challengeId, code: first?.code });
    expect(other?.challengeId).not.toBe(first?.challengeId);
  });

  it("of one action has nothing to do with that of another, whatever their keys", async () => {
    const { authsignal, emulator, visit } = startPages({ seed: enrolled });
    const attributes = { redirectToSettings: true, scope: "add:authenticators", idempotencyKey: "1" };
    const walks = [await visit({ attributes }), await visit({ action: "other", attributes })];
    for (const walk of walks) await walk.enroll("AUTHENTICATOR_APP");
    expect(walks[0]?.otpUri).not.toBe(walks[1]?.otpUri);
    for (const walk of walks) await walk.enter(codeOf(walk.otpUri, emulator.clock.milliseconds));
    const ids = (await authsignal.getAuthenticators({ userId })).map(({ userAuthenticatorId }) => userAuthenticatorId);
    expect(new Set(ids).size).toBe(3);
  });

  it.each(["BLOCK", "REVIEW_REQUIRED", "CHALLENGE_REQUIRED"] as const)(
    "ends when the app makes the action %s",
    async (state) => {
      const { authsignal, emulator, track, stateOf, methods } = startPages();
      const { url, idempotencyKey } = await track();
      const [sms, link] = [await emulator.visit(url), await emulator.visit(url)];
      await sms.enroll("SMS", { phoneNumber });
      await link.enroll("EMAIL_MAGIC_LINK", { email });
      const message = emulator.outbox.last({ to: email });
      await authsignal.updateAction({ userId, action: allowed, idempotencyKey, attributes: { state } });
      const waiting = await emulator.visit(sms.url);
      expect([waiting.screen, waiting.error]).toEqual([state === "CHALLENGE_REQUIRED" ? "choose" : "end", undefined]);
      await sms.enter(CODE).catch(() => undefined);
      expect([sms.screen, sms.error]).toEqual([waiting.screen, undefined]);
      expect((await link.open(message?.url)).title).toBe("This link no longer works");
      expect([await methods(), await stateOf({ idempotencyKey })]).toEqual([[], state]);
    },
  );

  it("is told once to webhooks, which may forbid it", async () => {
    const answers = [500, 204];
    const { emulator, told, visit, methods } = withWebhooks(
      [VERIFY, "authenticator.created", "authenticator.deleted"],
      (type) => (type === VERIFY ? (answers.shift() ?? 204) : 204),
    );
    const walk = await visit({ attributes: { redirectToSettings: true } });
    await walk.enroll("SMS", { phoneNumber });
    expect(await failureOf(walk.enter(CODE))).toMatchObject({ message: "The app did not confirm this. Try again." });
    expect([await methods(), walk.screen]).toEqual([[], "enter"]);
    await walk.enter(CODE);
    const [shown] = walk.authenticators;
    await walk.remove(`${shown?.userAuthenticatorId}`);
    await emulator.webhooks.settle();
    expect(told.map(({ type }) => type)).toEqual([VERIFY, VERIFY, "authenticator.created", "authenticator.deleted"]);
    for (const { data } of told) {
      expect(data).toMatchObject({ verificationMethod: "SMS", userAuthenticatorId: shown?.userAuthenticatorId });
    }
  });
});

describe("a user who may not add anything", () => {
  it("has something already, and neither the scope nor the settings", async () => {
    const { track, post, methods } = startPages({ seed: enrolled });
    const { token } = await track();
    const response = await post("/enroll", { token, method: "EMAIL_OTP", email });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("track the action with the scope add:authenticators");
    expect(await methods()).toEqual(["SMS"]);
  });

  it.each([
    ["the scope", { scope: "read:authenticators add:authenticators" }],
    ["the scope and the settings", { redirectToSettings: true, scope: "add:authenticators" }],
  ])("may with %s", async (_name, attributes) => {
    const { visit, methods } = startPages({ seed: enrolled });
    const walk = await visit({ attributes }, "&force_enrollment=true");
    await walk.enroll("EMAIL_OTP", { email });
    await walk.enter(CODE);
    expect(await methods()).toEqual(["SMS", "EMAIL_OTP"]);
  });

  it.each([{ scope: "add:authenticators" }, { scope: "add:authenticators", redirectToSettings: true }])(
    "has to pass an action that waits first: %o",
    async (attributes) => {
      const { track, post, emulator, stateOf, methods, visit } = startPages({ seed: enrolled });
      const { token, url, idempotencyKey } = await track({ action, attributes });
      for (const method of ["PASSKEY", "AUTHENTICATOR_APP"]) {
        expect((await post("/enroll", { token, method })).status).toBe(403);
      }
      const other = await visit({ attributes }, "&force_enrollment=true");
      await other.enroll("PASSKEY");
      const challenge = new URL(other.url).searchParams.get("challenge") ?? "";
      expect((await post("/simulate", { token, challenge, answer: "approve" })).status).toBe(400);
      expect([await stateOf({ idempotencyKey }, action), await methods()]).toEqual(["CHALLENGE_REQUIRED", ["SMS"]]);
      const walk = await emulator.visit(`${url}&force_enrollment=true`);
      await walk.choose("SMS");
      await failureOf(walk.enter(CODE));
      expect(walk.screen).toBe("enroll");
      await walk.enroll("PASSKEY");
      await walk.approve();
      expect(await methods()).toEqual(["SMS", "PASSKEY"]);
    },
  );

  it.each(["BLOCK", "REVIEW"] as const)("has an action with the outcome %s", async (outcome) => {
    const { emulator, track, post } = startPages();
    emulator.rules.set(allowed, outcome);
    const { token } = await track({ attributes: { redirectToSettings: true } });
    expect((await post("/enroll", { token, method: "PASSKEY" })).status).toBe(403);
  });

  it("began while nothing was set up, and something is now", async () => {
    const { authsignal, visit, methods } = startPages();
    const [slow, quick] = [await visit(), await visit()];
    await slow.enroll("SMS", { phoneNumber: "+64270000666" });
    await quick.enroll("PASSKEY");
    await quick.approve();
    await slow.enter(CODE).catch(() => undefined);
    expect(await methods()).toEqual(["PASSKEY"]);
    const late = await visit({ user: "usr_2" });
    await late.enroll("SMS", { phoneNumber: "+64270000666" });
    await authsignal.enrollVerifiedAuthenticator({
      userId: "usr_2",
      attributes: { verificationMethod: "EMAIL_OTP", email },
    });
    await late.enter(CODE).catch(() => undefined);
    expect(await methods("usr_2")).toEqual(["EMAIL_OTP"]);
  });

  it("chooses what the tenant keeps to itself", async () => {
    const seed = {
      configurations: [
        { verificationMethod: "SMS" },
        { verificationMethod: "PASSKEY", isEditableByUser: false },
        { verificationMethod: "EMAIL_OTP", isHiddenToUser: true },
        { verificationMethod: "WHATSAPP", isActive: false },
      ] as const,
    };
    const { visit, track, post } = startPages({ seed: { configurations: [...seed.configurations] } });
    expect((await visit()).methods).toEqual(["SMS"]);
    const { token } = await track();
    const status = async (method: string) => (await post("/enroll", { token, method, email, phoneNumber })).status;
    expect(await Promise.all(["PASSKEY", "EMAIL_OTP", "WHATSAPP", "__proto__", ""].map(status))).toEqual([
      403, 403, 400, 400, 400,
    ]);
  });
});

describe("a contact", () => {
  it.each(["", "0270000000", "+0123456789", "+6427x", `+${"1".repeat(16)}`, "<script>"])(
    "is no phone number: %s",
    async (typed) => {
      const { emulator, track, post } = startPages();
      const { token } = await track();
      expect((await post("/enroll", { token, method: "SMS", phoneNumber: typed })).status).toBe(400);
      expect(emulator.outbox.list()).toEqual([]);
    },
  );

  it.each(["", "jo", "jo@", "@x", "a b@c", "a@b\n@c"])("is no address: %j", async (typed) => {
    const { emulator, track, post } = startPages();
    const { token } = await track();
    expect((await post("/enroll", { token, method: "EMAIL_OTP", email: typed })).status).toBe(400);
    expect(emulator.outbox.list()).toEqual([]);
  });

  it("that is set up already is not there twice", async () => {
    const { authsignal, visit } = startPages({ seed: enrolled });
    const walk = await visit({ attributes: { scope: "add:authenticators" } }, "&force_enrollment=true");
    await walk.enroll("SMS", { phoneNumber });
    await walk.enter(CODE);
    const [row, ...rest] = await authsignal.getAuthenticators({ userId });
    expect(rest).toEqual([]);
    const [summary] = await authsignal.queryUserActions({ userId });
    expect(summary).toMatchObject({ verifiedByAuthenticatorId: row?.userAuthenticatorId });
  });
});

describe("recovery codes", () => {
  it("come with the first enrollment only", async () => {
    const { visit, emulator } = startPages();
    const walk = await visit({ attributes: { redirectToSettings: true } });
    await walk.enroll("PASSKEY");
    await walk.approve();
    const codes = walk.recoveryCodes;
    expect(codes).toEqual(emulator.export().recoveryCodes?.map(({ code }) => code));
    await walk.enroll("SMS", { phoneNumber });
    await walk.enter(CODE);
    expect(emulator.export().recoveryCodes).toHaveLength(codes.length);
    const challenge = await visit({ action });
    await challenge.choose("RECOVERY_CODE");
    expect((await challenge.enter(codes[0])).token).not.toBe("");
  });

  it("do not come where they are switched off", async () => {
    const { visit, emulator } = startPages({ recoveryCodes: false });
    const walk = await visit();
    await walk.enroll("PASSKEY");
    expect((await walk.approve()).url).toContain("http://localhost:3000/");
    expect([walk.recoveryCodes, emulator.export().recoveryCodes]).toEqual([[], []]);
  });

  it("are not given to a user who has set nothing up in the action", async () => {
    const { emulator, track, post, send } = startPages({ seed: enrolled });
    for (const attributes of [{}, { redirectToSettings: true }, { scope: "add:authenticators" }]) {
      const { token, url } = await track({ action, attributes });
      const walk = await emulator.visit(url);
      await walk.choose("SMS");
      await walk.enter(CODE);
      await post("/enroll", { token, method: "PASSKEY" });
      expect((await post("/codes", { token })).status).toBe(303);
      expect((await send(`/challenge/codes?token=${token}`)).status).toBe(303);
    }
    expect(emulator.export().recoveryCodes).toEqual([]);
  });
});
