import { describe, expect, it } from "vitest";
import type { EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { failureOf } from "../../support/clients.ts";
import { action, CODE, email, phoneNumber, userId } from "../../support/emulator/emulator.ts";
import { read, startPages } from "../../support/emulator/pages.ts";

// The texts of pages after an error, and how the user continues.

const otpUri = "otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP";

function start(options: EmulatorOptions = {}) {
  const authenticators = [
    { userId, verificationMethod: "SMS" as const, phoneNumber },
    { userId, verificationMethod: "EMAIL_MAGIC_LINK" as const, email },
    { userId, verificationMethod: "AUTHENTICATOR_APP" as const, otpUri },
  ];
  return startPages({ seed: { authenticators }, ...options });
}

/** A webhook that fails once, in the process. */
function failingOnce(type: string): EmulatorOptions {
  const statuses = [500];
  const fetch = () => new Response(null, { status: statuses.pop() ?? 204 });
  return { webhooks: { urls: { [type]: `http://127.0.0.1:1/${type}` } }, fetch };
}

const words = (call: Promise<unknown>) => failureOf(call).then((error) => Object(error).message);

describe("a page", () => {
  it("says that a code has expired, and sends a new one", async () => {
    const { emulator, visit } = start({ codeLifetime: "1m", otp: "random" });
    const walk = await visit({ action });
    await walk.choose("SMS");
    const { code } = await emulator.outbox.waitFor({ to: phoneNumber });
    emulator.clock.advance("2m");
    expect(await words(walk.enter(code))).toBe("This code has expired. Send a new one.");
    await walk.resend();
    const again = await emulator.outbox.waitFor({ to: phoneNumber });
    expect((await walk.enter(again.code)).token).not.toBe("");
  });

  it("says that a link has expired, and sends a new one", async () => {
    const { emulator, visit } = start({ codeLifetime: "1m" });
    const walk = await visit({ action });
    await walk.choose("EMAIL_MAGIC_LINK");
    const { url } = await emulator.outbox.waitFor({ to: email });
    emulator.clock.advance("2m");
    expect(await words(walk.continue())).toBe("The link has expired. Send a new one.");
    const link = await walk.open(url);
    expect([link.title, link.error]).toEqual([
      "This link no longer works",
      "It was used, it has expired, or it was never valid. Go back to the app and start again.",
    ]);
    await walk.resend();
    await (await walk.open((await emulator.outbox.waitFor({ to: email })).url)).approve();
    expect((await walk.continue()).token).not.toBe("");
  });

  it("offers the methods again when the code of an app came too late", async () => {
    const { emulator, visit } = start({ codeLifetime: "1m" });
    const walk = await visit({ action });
    await walk.choose("AUTHENTICATOR_APP");
    emulator.clock.advance("2m");
    expect(await words(walk.enter(emulator.totp(userId)))).toBe("This took too long. Choose a method again.");
    expect(walk.screen).toBe("choose");
    await walk.choose("AUTHENTICATOR_APP");
    expect((await walk.enter(emulator.totp(userId))).token).not.toBe("");
  });

  it("says that the app did not confirm a code, which can be entered again", async () => {
    const { visit } = start(failingOnce("action.verify"));
    const walk = await visit({ action });
    await walk.choose("SMS");
    expect(await words(walk.enter(CODE))).toBe("The app did not confirm this. Try again.");
    expect(walk.screen).toBe("enter");
    expect((await walk.enter(CODE)).token).not.toBe("");
  });

  it("says that the app did not confirm a link, which can be confirmed again", async () => {
    const { emulator, visit } = start(failingOnce("action.verify"));
    const walk = await visit({ action });
    await walk.choose("EMAIL_MAGIC_LINK");
    const link = await walk.open((await emulator.outbox.waitFor({ to: email })).url);
    expect(await words(link.approve())).toBe("The app did not confirm this. Try again.");
    expect(link.screen).toBe("link");
    await link.approve();
    expect((await walk.continue()).token).not.toBe("");
  });

  it("says that a message could not be sent, and offers the other methods", async () => {
    const { visit } = start(failingOnce("sms.created"));
    const walk = await visit({ action });
    expect(await words(walk.choose("SMS"))).toBe("The message could not be delivered. Use another method.");
    expect(walk.methods).toContain("EMAIL_MAGIC_LINK");
    await walk.choose("SMS");
    expect((await walk.enter(CODE)).token).not.toBe("");
  });

  it("says that too many codes were entered, which does not fail an allowed action", async () => {
    const { track, visit, stateOf, emulator } = startPages();
    const { url, idempotencyKey } = await track();
    const walk = await emulator.visit(url);
    await walk.enroll("SMS", { phoneNumber });
    for (let count = 0; count < 10; count++) await failureOf(walk.enter("0"));
    expect(await words(walk.enter("0"))).toBe("Too many wrong codes were entered.");
    expect([walk.screen, await stateOf({ idempotencyKey })]).toEqual(["enroll", "ALLOW"]);
    emulator.clock.advance("6m");
    const other = await visit();
    await other.enroll("SMS", { phoneNumber });
    expect((await other.enter(CODE)).token).not.toBe("");
  });

  it("is not found where only a form leads", async () => {
    const { send } = start();
    for (const path of ["start", "simulate", "cancel", "saved", "other"]) {
      const page = await read(await send(`/challenge/${path}`));
      expect(page, path).toMatchObject({
        status: 404,
        screen: "problem",
        problem: "Go back to the app and start again.",
      });
    }
  });
});

describe("a form that is sent twice", () => {
  it("leads to the same page as the first one", async () => {
    const { emulator, track, post } = start();
    const { token, idempotencyKey } = await track({ action });
    const { headers } = await post("/start", { token, method: "SMS" });
    const challenge = new URL(headers.get("location") ?? "", emulator.origin).searchParams.get("challenge") ?? "";
    const enter = () => post("/enter", { token, challenge, code: CODE });
    const [first, second] = [await enter(), await enter()];
    for (const { status, headers } of [first, second]) {
      expect([status, headers.get("location")]).toEqual([
        303,
        expect.stringMatching(/^http:\/\/localhost:3000\/callback/),
      ]);
    }
    expect((await post("/cancel", { token })).status).toBe(303);
    const actions = emulator.export().actions?.filter((one) => one.idempotencyKey === idempotencyKey);
    expect(actions).toMatchObject([{ state: "CHALLENGE_SUCCEEDED" }]);
  });

  it("sets nothing up twice", async () => {
    const { emulator, track, post, methods } = startPages();
    const { token } = await track();
    const { headers } = await post("/enroll", { token, method: "PASSKEY" });
    const challenge = new URL(headers.get("location") ?? "", emulator.origin).searchParams.get("challenge") ?? "";
    for (let count = 0; count < 3; count++) await post("/simulate", { token, challenge, answer: "approve" });
    await post("/simulate", { token, challenge, answer: "deny" });
    expect(await methods()).toEqual(["PASSKEY"]);
  });
});
