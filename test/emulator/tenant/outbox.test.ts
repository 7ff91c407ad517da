import { describe, expect, it } from "vitest";
import { action, email, phoneNumber, start, userId } from "../../support/emulator/emulator.ts";

const OTHER = "+64270000001";

describe("the outbox", () => {
  it("lists the messages that match all fields of a filter, the oldest first", async () => {
    const { emulator, authsignal, send } = start();
    await send();
    await authsignal.challenge({ verificationMethod: "EMAIL_OTP", email, action, userId });
    await send(OTHER);
    await authsignal.challenge({ verificationMethod: "WHATSAPP", phoneNumber, action, userId });
    const { outbox } = emulator;
    const found = (filter?: Parameters<typeof outbox.list>[0]) =>
      outbox.list(filter).map(({ channel, to }) => `${channel} ${to}`);
    expect(found()).toEqual([`SMS ${phoneNumber}`, `EMAIL ${email}`, `SMS ${OTHER}`, `WHATSAPP ${phoneNumber}`]);
    expect(found({ to: phoneNumber })).toEqual([`SMS ${phoneNumber}`, `WHATSAPP ${phoneNumber}`]);
    expect(found({ channel: "SMS" })).toEqual([`SMS ${phoneNumber}`, `SMS ${OTHER}`]);
    expect(found({ userId })).toEqual([`EMAIL ${email}`, `WHATSAPP ${phoneNumber}`]);
    expect(found({ userId, channel: "EMAIL", to: email })).toEqual([`EMAIL ${email}`]);
    expect(found({ userId, channel: "SMS" })).toEqual([]);
    expect(outbox.last()?.channel).toBe("WHATSAPP");
    expect(outbox.last({ channel: "SMS" })?.to).toBe(OTHER);
    expect(outbox.last({ to: "unknown" })).toBeUndefined();
  });

  it("resolves at once with a message that was sent before, each for one waiting call, the oldest first", async () => {
    const { emulator, send } = start();
    const { challengeId } = await send();
    const second = await send();
    const first = await emulator.outbox.waitFor({ to: phoneNumber });
    expect(first).toMatchObject({ challengeId, code: "123456", isTaken: true });
    expect(await emulator.outbox.waitFor()).toMatchObject({ challengeId: second.challengeId });
    expect(emulator.outbox.list(), "taken ones stay in the list").toHaveLength(2);
  });

  it("resolves the first waiting call as soon as a message is sent", async () => {
    const { emulator, send } = start();
    const { outbox } = emulator;
    const waiting = [
      outbox.waitFor({ to: OTHER }),
      outbox.waitFor({ to: phoneNumber }),
      outbox.waitFor({ channel: "SMS" }),
      outbox.waitFor(),
    ];
    await send();
    await send();
    await send(OTHER);
    await send("+64270000002");
    const received = (await Promise.all(waiting)).map(({ to }) => to);
    expect(received).toEqual([OTHER, phoneNumber, phoneNumber, "+64270000002"]);
  });

  it("rejects after the timeout with what was sent instead", async () => {
    const { emulator, send } = start();
    const wait = (to: string) => emulator.outbox.waitFor({ to }, { timeout: 5 });
    await expect(wait(OTHER)).rejects.toThrow(`No message for {"to":"${OTHER}"} within 5 ms. Nothing was sent.`);
    await send();
    await emulator.outbox.waitFor();
    await expect(wait(OTHER)).rejects.toThrow(`The last messages: SMS to ${phoneNumber} (taken).`);
    await send(OTHER);
    expect(await wait(OTHER), "one who gave up takes nothing").toMatchObject({ to: OTHER });
  });

  it("keeps no message of a call that failed", async () => {
    const { emulator, authsignal, send } = start();
    const waiting = emulator.outbox.waitFor({}, { timeout: 20 });
    await expect(send("+15005550004")).rejects.toMatchObject({ statusCode: 502 });
    await expect(authsignal.challenge({ verificationMethod: "SMS", action })).rejects.toMatchObject({
      statusCode: 400,
    });
    await expect(waiting).rejects.toThrow("Nothing was sent.");
  });

  it("can be cleared, and the codes stay valid", async () => {
    const { emulator, authsignal, send } = start();
    const { challengeId } = await send();
    emulator.outbox.clear();
    expect(emulator.outbox.list()).toEqual([]);
    await expect(emulator.outbox.waitFor({}, { timeout: 5 })).rejects.toThrow();
    expect((await authsignal.verify({ challengeId, verificationCode: "123456" })).isVerified).toBe(true);
  });

  it("resolves waiting calls also with messages of an import", async () => {
    const { emulator, send } = start();
    await send();
    const seed = emulator.export();
    emulator.reset();
    const waiting = emulator.outbox.waitFor({ to: phoneNumber }, { timeout: 50 });
    emulator.import(seed);
    expect(await waiting).toMatchObject({ to: phoneNumber });
  });

  it("has the link of a magic link and of a push, to the user, in the place of a code", async () => {
    const authenticators = [
      { userId, verificationMethod: "EMAIL_MAGIC_LINK", email },
      { userId, verificationMethod: "PUSH", userAuthenticatorId: "app" },
    ];
    const { emulator, authsignal } = start({ seed: { authenticators } });
    const { url } = await authsignal.track({ userId, action, attributes: { locale: "de", idempotencyKey: "k" } });
    for (const [method, channel, to] of [
      ["EMAIL_MAGIC_LINK", "EMAIL", email],
      ["PUSH", "PUSH", userId],
    ] as const) {
      const visit = await emulator.visit(url);
      await visit.choose(method);
      const message = await emulator.outbox.waitFor({ channel });
      expect(message).toMatchObject({ to, userId, action, idempotencyKey: "k", locale: "de" });
      expect(message.code).toBeUndefined();
      expect(message.url?.startsWith(`${emulator.origin}/challenge/link?`)).toBe(true);
    }
  });
});
