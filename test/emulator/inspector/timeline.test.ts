import { describe, expect, it } from "vitest";
import { inspect, textOf, trackWaiting } from "../../support/emulator/inspector.ts";

/** Starts an inspector. `steps` reads the timeline of the newest action, or of an older one, without times. */
function start(options: Parameters<typeof inspect>[0] = {}) {
  const inspector = inspect(options);
  const steps = async (index = 0) => {
    const timelines = (await inspector.open()).part("actions").querySelectorAll("ol.timeline");
    const lines = timelines[index]?.querySelectorAll("li.step").map(textOf) ?? [];
    return lines.map((line) => line.replace(/ \d\d:\d\d:\d\d$/, ""));
  };
  return { ...inspector, steps };
}

describe("the timeline of an action", () => {
  it("shows each challenge that was started, with its code or link", async () => {
    const { emulator, authsignal, steps } = start();
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
      "Email sent to jo@example.com Open the link",
      "Waits for jo to confirm",
    ]);
    await (await emulator.visit(link)).deny();
    expect((await steps()).slice(2)).toEqual([
      "Email sent to jo@example.com Open the link",
      "Denied",
      "Challenge failed",
    ]);
  });

  it("shows that a code has expired while the action waits", async () => {
    const { emulator, steps } = start();
    await (await emulator.visit((await trackWaiting(emulator)).url)).choose("SMS");
    emulator.clock.advance("11m");
    expect((await steps()).slice(2)).toEqual(["Expired", "Waits for jo to confirm"]);
  });

  it("shows when a code expired before the next challenge", async () => {
    const { emulator, steps } = start({ codeLifetime: "1m" });
    const { url } = await trackWaiting(emulator);
    await (await emulator.visit(url)).choose("SMS");
    emulator.clock.advance("2m");
    await (await emulator.visit(url)).choose("SMS");
    expect((await steps()).slice(1)).toEqual([
      "Text message sent to +64270000000 123456 Copy code",
      "Expired",
      "Text message sent to +64270000000 123456 Copy code",
      "Waits for jo to confirm",
    ]);
  });

  it("counts wrong codes, and shows when there were too many", async () => {
    const { emulator, steps } = start();
    const visit = await emulator.visit((await trackWaiting(emulator)).url);
    await visit.choose("SMS");
    await expect(visit.enter("000000")).rejects.toThrow("wrong");
    expect((await steps()).slice(2)).toEqual(["Wrong code entered", "Waits for jo to confirm"]);
    for (let count = 1; count < 10; count++) await expect(visit.enter("000000")).rejects.toThrow("wrong");
    await expect(visit.enter("000000")).rejects.toThrow("Too many");
    expect((await steps()).slice(2)).toEqual([
      "Wrong code entered 10 times",
      "Too many codes were entered",
      "Challenge failed",
    ]);
  });

  it("shows that the user canceled, while the action waits and afterwards", async () => {
    const { emulator, steps } = start();
    const { url } = await trackWaiting(emulator);
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    await visit.cancel();
    expect((await steps()).slice(2)).toEqual(["Canceled by jo", "Waits for jo to confirm"]);
    emulator.clock.advance("1m");
    const again = await emulator.visit(url);
    await again.choose("SMS");
    await again.enter("123456");
    expect((await steps()).slice(2)).toEqual([
      "Canceled by jo",
      "Text message sent to +64270000000 123456 Copy code",
      "Code entered",
      "Challenge succeeded with Text message",
    ]);
  });

  it("shows a state that your server has set, without a reason", async () => {
    const { emulator, authsignal, steps } = start();
    const { url, idempotencyKey } = await trackWaiting(emulator);
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    await expect(visit.enter("000000")).rejects.toThrow("wrong");
    emulator.clock.advance("1m");
    const attributes = { state: "CHALLENGE_FAILED" } as const;
    await authsignal.updateAction({ userId: "jo", action: "withdraw", idempotencyKey, attributes });
    expect((await steps()).slice(2)).toEqual(["Wrong code entered", "Challenge failed"]);
  });

  it("shows that an action was allowed because nothing is enrolled, and the enrollment that followed", async () => {
    const { emulator, authsignal, steps } = start();
    emulator.rules.set("withdraw", "CHALLENGE");
    const { url } = await authsignal.track({ userId: "new", action: "withdraw" });
    expect(await steps()).toEqual([
      "Tracked · withdraw → CHALLENGE",
      "Allowed, because new has nothing enrolled (the rule said CHALLENGE)",
    ]);
    const visit = await emulator.visit(url);
    await visit.enroll("SMS", { phoneNumber: "+64270000001" });
    await visit.enter("123456");
    expect((await steps()).slice(2)).toEqual([
      "Text message sent to +64270000001 to enroll it 123456 Copy code",
      "Code entered",
      "Text message enrolled",
      "Challenge succeeded with Text message",
    ]);
  });

  it("shows the code of an authenticator app, also of one that is being enrolled", async () => {
    const { emulator, authsignal, steps } = start();
    const otpUri = "otpauth://totp/Example:kim?secret=JBSWY3DPEHPK3PXP&issuer=Example";
    emulator.import({ authenticators: [{ userId: "kim", verificationMethod: "AUTHENTICATOR_APP", otpUri }] });
    emulator.rules.set("withdraw", "CHALLENGE");
    emulator.clock.freeze();
    const known = await emulator.visit((await authsignal.track({ userId: "kim", action: "withdraw" })).url);
    await known.choose("AUTHENTICATOR_APP");
    expect((await steps())[1]).toBe(`Authenticator app chosen; it shows ${emulator.totp("kim")} Copy code`);

    const challenge = { userId: "new", action: "enroll", idempotencyKey: "k", verificationMethod: "AUTHENTICATOR_APP" };
    const action = { userId: "new", actionCode: "enroll", idempotencyKey: "k", state: "ALLOW" };
    emulator.import({
      ...emulator.export(),
      actions: [action],
      challenges: [{ ...challenge, isEnrollment: true, otpUri }],
    });
    expect((await steps())[1]).toBe(`Authenticator app to be enrolled; it shows ${emulator.totp("kim")} Copy code`);
  });

  it("names a webhook that failed, and the message that was not sent", async () => {
    const fail = () => Promise.resolve(new Response("no", { status: 500 }));
    const { emulator, steps } = start({ fetch: fail });
    const { url } = await trackWaiting(emulator);
    emulator.webhooks.configure({ urls: { "sms.created": "http://127.0.0.1:1/sms" } });
    await expect((await emulator.visit(url)).choose("SMS")).rejects.toThrow("could not be delivered");
    expect(await steps()).toEqual([
      "Tracked · withdraw → CHALLENGE",
      "Webhook sms.created failed 500",
      "Text message to +64270000000 not sent",
      "Waits for jo to confirm",
    ]);
  });

  it("names a webhook that was delivered", async () => {
    const succeed = () => Promise.resolve(new Response());
    const { emulator, steps } = start({ fetch: succeed });
    const { url } = await trackWaiting(emulator);
    emulator.webhooks.configure({ urls: { "sms.created": "http://127.0.0.1:1/sms" } });
    await (await emulator.visit(url)).choose("SMS");
    expect((await steps())[1]).toBe("Webhook sms.created delivered");
  });

  it("names the rules that fired, and the outcome that was queued", async () => {
    const { emulator, authsignal, steps } = start();
    const track = (action: string) => authsignal.track({ userId: "jo", action });
    emulator.rules.add({ name: "Too much", action: "pay", outcome: "BLOCK" });
    await track("pay");
    expect(await steps()).toEqual(["Tracked · Too much → BLOCK", "Block"]);
    emulator.clock.advance("1s");
    emulator.rules.next("REVIEW");
    await track("look");
    expect(await steps()).toEqual(["Tracked · no rule fits → REVIEW", "Waits for a review"]);
  });

  it("shows sessions that were created or rejected, but no forged tokens", async () => {
    const { emulator, authsignal, steps } = start();
    const visit = await emulator.visit((await trackWaiting(emulator)).url);
    await visit.choose("SMS");
    const { token } = await visit.enter("123456");
    await authsignal.createSession({ token, clientId: "app" });
    await expect(authsignal.createSession({ token, clientId: "app" })).rejects.toMatchObject({ statusCode: 401 });
    await authsignal.validateChallenge({ token: "not.a.token" });
    expect((await steps()).slice(4)).toEqual([
      "Session created with the token",
      "No session created with the token Token has been used already.",
    ]);
  });

  it("shows why a token was not valid, also after it has expired", async () => {
    const { emulator, authsignal, steps } = start();
    const { token } = await trackWaiting(emulator);
    await authsignal.validateChallenge({ token });
    emulator.clock.advance("1d");
    await authsignal.validateChallenge({ token });
    expect((await steps()).slice(1, 3)).toEqual([
      "Token not valid CHALLENGE_REQUIRED",
      "Token not valid Token has expired.",
    ]);
  });

  it("keeps the codes of messages after the outbox was cleared", async () => {
    const { emulator, steps } = start();
    await (await emulator.visit((await trackWaiting(emulator)).url)).choose("SMS");
    emulator.outbox.clear();
    expect((await steps())[1]).toBe("Text message sent to +64270000000 123456 Copy code");
  });

  it("is the same after an export and an import", async () => {
    const { emulator, steps } = start();
    const visit = await emulator.visit((await trackWaiting(emulator)).url);
    await visit.choose("SMS");
    await visit.enter("123456");
    const before = await steps();
    emulator.import(emulator.export());
    expect(await steps()).toEqual(before);
    expect(before).toHaveLength(4);
  });

  it("shows the state of an imported action without a timeline", async () => {
    const { emulator, steps } = start();
    emulator.import({ actions: [{ userId: "jo", actionCode: "pay", state: "BLOCK", outcome: "BLOCK" }] });
    expect(await steps()).toEqual(["Tracked · no rule fits → BLOCK", "Block"]);
  });

  it("follows a challenge from its start without a user to the user who claims it", async () => {
    const { emulator, authsignal, steps } = start();
    const contact = { verificationMethod: "SMS", phoneNumber: "+64270000000" } as const;
    const { challengeId } = await authsignal.challenge({ ...contact, action: "signIn" });
    expect(await steps()).toEqual(["Text message sent to +64270000000 123456 Copy code"]);
    await authsignal.verify({ challengeId, verificationCode: "123456" });
    await authsignal.claimChallenge({ challengeId, userId: "new" });
    expect((await steps()).toSorted()).toEqual([
      "Challenge succeeded with Text message",
      "Code entered",
      "Text message sent to +64270000000 123456 Copy code",
      "Tracked · no rule fits → ALLOW",
    ]);
    expect(emulator.export().actions).toHaveLength(1);
  });
});
