import { describe, expect, it } from "vitest";
import { inspect, trackWaiting, wordsOf } from "../../support/emulator/inspector.ts";

/** An inspector, and the steps of the newest action or of one further down. */
function tell(options: Parameters<typeof inspect>[0] = {}) {
  const inspector = inspect(options);
  const steps = async (index = 0) => {
    const stories = (await inspector.open()).part("actions").querySelectorAll("ol.story");
    const lines = stories[index]?.querySelectorAll("li.step").map(wordsOf) ?? [];
    return lines.map((line) => line.replace(/ \d\d:\d\d:\d\d$/, ""));
  };
  return { ...inspector, steps };
}

describe("the story of an action", () => {
  it("has every way to confirm that was tried", async () => {
    const { emulator, authsignal, steps } = tell();
    await authsignal.enrollVerifiedAuthenticator({
      userId: "jo",
      attributes: { verificationMethod: "EMAIL_MAGIC_LINK", email: "jo@example.com" },
    });
    const { url } = await trackWaiting(emulator);
    const first = await emulator.visit(url);
    await first.choose("SMS");
    await (await emulator.visit(url)).choose("EMAIL_MAGIC_LINK");
    const link = emulator.outbox.last({ channel: "EMAIL" })?.url ?? "";
    expect(await steps()).toEqual([
      "Tracked · withdraw → CHALLENGE",
      "Text message sent to +64270000000 123456 Copy code",
      "E-mail sent to jo@example.com Open the link",
      "Waits for jo to confirm",
    ]);
    await (await emulator.visit(link)).deny();
    expect((await steps()).slice(2)).toEqual([
      "E-mail sent to jo@example.com Open the link",
      "Denied",
      "Challenge failed",
    ]);
  });

  it("tells that a code has expired while it is waited for", async () => {
    const { emulator, steps } = tell();
    await (await emulator.visit((await trackWaiting(emulator)).url)).choose("SMS");
    emulator.clock.advance("11m");
    expect((await steps()).slice(2)).toEqual(["Expired", "Waits for jo to confirm"]);
  });

  it("counts wrong codes, and says when there were too many", async () => {
    const { emulator, steps } = tell();
    const visit = await emulator.visit((await trackWaiting(emulator)).url);
    await visit.choose("SMS");
    await expect(visit.enter("000000")).rejects.toThrow("wrong");
    expect((await steps()).slice(2)).toEqual(["Wrong code entered", "Waits for jo to confirm"]);
    for (let count = 1; count < 10; count++) await expect(visit.enter("000000")).rejects.toThrow("wrong");
    await expect(visit.enter("000000")).rejects.toThrow("Too many");
    expect((await steps()).slice(2)).toEqual([
      "Wrong code entered 11 times",
      "Challenge failed Too many codes were tried",
    ]);
  });

  it("tells who cancelled, while it is waited for and afterwards", async () => {
    const { emulator, steps } = tell();
    const { url } = await trackWaiting(emulator);
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    await visit.cancel();
    expect((await steps()).slice(2)).toEqual(["Cancelled by jo", "Waits for jo to confirm"]);
    emulator.clock.advance("1m");
    const again = await emulator.visit(url);
    await again.choose("SMS");
    await again.enter("123456");
    expect((await steps()).slice(2)).toEqual([
      "Cancelled by jo",
      "Text message sent to +64270000000 123456 Copy code",
      "Code entered",
      "Challenge succeeded with Text message",
    ]);
  });

  it("does not blame wrong codes for what somebody denied or decided later", async () => {
    const { emulator, authsignal, steps } = tell();
    const { url, idempotencyKey } = await trackWaiting(emulator);
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    await expect(visit.enter("000000")).rejects.toThrow("wrong");
    emulator.clock.advance("1m");
    const attributes = { state: "CHALLENGE_FAILED" } as const;
    await authsignal.updateAction({ userId: "jo", action: "withdraw", idempotencyKey, attributes });
    expect((await steps()).slice(2)).toEqual(["Wrong code entered", "Challenge failed"]);
  });

  it("shows what an authenticator app shows, also one that is being enrolled", async () => {
    const { emulator, authsignal, steps } = tell();
    const otpUri = "otpauth://totp/Example:kim?secret=JBSWY3DPEHPK3PXP&issuer=Example";
    emulator.import({ authenticators: [{ userId: "kim", verificationMethod: "AUTHENTICATOR_APP", otpUri }] });
    emulator.rules.set("withdraw", "CHALLENGE");
    emulator.clock.freeze();
    const known = await emulator.visit((await authsignal.track({ userId: "kim", action: "withdraw" })).url);
    await known.choose("AUTHENTICATOR_APP");
    expect((await steps())[1]).toBe(`Authenticator app asked for; it shows ${emulator.totp("kim")} Copy code`);

    const challenge = { userId: "new", action: "enroll", idempotencyKey: "k", verificationMethod: "AUTHENTICATOR_APP" };
    const action = { userId: "new", actionCode: "enroll", idempotencyKey: "k", state: "ALLOW" };
    emulator.import({
      ...emulator.export(),
      actions: [action],
      challenges: [{ ...challenge, isEnrollment: true, otpUri }],
    });
    expect((await steps())[1]).toBe(`Authenticator app to be enrolled; it shows ${emulator.totp("kim")} Copy code`);
  });

  it("names the webhook that did not agree", async () => {
    const refuse = () => Promise.resolve(new Response("no", { status: 500 }));
    const { emulator, steps } = tell({ fetch: refuse });
    const { url } = await trackWaiting(emulator);
    emulator.webhooks.configure({ urls: { "sms.created": "http://127.0.0.1:1/sms" } });
    await expect((await emulator.visit(url)).choose("SMS")).rejects.toThrow("could not be delivered");
    expect(await steps()).toEqual([
      "Tracked · withdraw → CHALLENGE",
      "Webhook sms.created did not agree 500",
      "Waits for jo to confirm",
    ]);
  });

  it("tells which rules fired, what was queued, and that none fits", async () => {
    const { emulator, authsignal, steps } = tell();
    const track = (action: string) => authsignal.track({ userId: "jo", action });
    emulator.rules.add({ name: "Too much", action: "pay", outcome: "BLOCK" });
    await track("pay");
    expect(await steps()).toEqual(["Tracked · Too much → BLOCK", "Block"]);
    emulator.clock.advance("1s");
    emulator.rules.next("REVIEW");
    await track("look");
    expect(await steps()).toEqual(["Tracked · no rule fits → REVIEW", "Waits for a review"]);
  });

  it("holds tokens that were refused, and sessions that were made of them", async () => {
    const { emulator, authsignal, steps } = tell();
    const visit = await emulator.visit((await trackWaiting(emulator)).url);
    await visit.choose("SMS");
    const { token } = await visit.enter("123456");
    await authsignal.createSession({ token, clientId: "app" });
    await expect(authsignal.createSession({ token, clientId: "app" })).rejects.toMatchObject({ statusCode: 401 });
    await authsignal.validateChallenge({ token: "not.a.token" });
    expect((await steps()).slice(4)).toEqual([
      "Session made with the token",
      expect.stringMatching("^No session made with the token "),
    ]);
  });

  it("gives no times to calls whose time the clock of the tenant does not tell", async () => {
    const { emulator, authsignal, open } = tell();
    const { token } = await trackWaiting(emulator);
    emulator.clock.advance("1m");
    await authsignal.validateChallenge({ token });
    const last = (await open()).part("actions").querySelectorAll("li.step").at(-1);
    expect(last && wordsOf(last)).toBe("Token not valid CHALLENGE_REQUIRED");
  });
});
