import { describe, expect, it } from "vitest";
import type { ChallengeRequest } from "../../../src/index.ts";
import { action, CODE, email, phoneNumber, refused, start, userId } from "../../support/emulator/emulator.ts";

const MINUTE = 60_000;

describe("the limit of messages", () => {
  it.each<[ChallengeRequest, limit: number]>([
    [{ verificationMethod: "SMS", phoneNumber }, 6],
    [{ verificationMethod: "WHATSAPP", phoneNumber }, 6],
    [{ verificationMethod: "EMAIL_OTP", email }, 12],
  ])("for %o is %i in 10 minutes, each on its own", async (request, limit) => {
    const { emulator, authsignal } = start();
    emulator.clock.freeze();
    const send = () => authsignal.challenge({ ...request, action });
    const { challengeId } = await send();
    for (let count = 1; count < limit; count += 1) {
      emulator.clock.advance(1_000);
      await (count % 2 === 0 ? send() : authsignal.challenge({ challengeId }));
    }
    const sent = emulator.outbox.list().length;
    const wait = 10 * MINUTE - (limit - 1) * 1_000;
    const tooMany = { ...refused(429, "too_many_requests"), retryAfter: wait, mayHaveBeenProcessed: false };
    const challenges = emulator.export().challenges?.length;
    await expect(send()).rejects.toMatchObject(tooMany);
    await expect(authsignal.challenge({ challengeId }), "nor the same again").rejects.toMatchObject(tooMany);
    expect([emulator.outbox.list().length, emulator.export().challenges?.length]).toEqual([sent, challenges]);
    await authsignal.challenge({ verificationMethod: "SMS", phoneNumber: "+64270000009", action });
    await authsignal.challenge({ verificationMethod: "EMAIL_OTP", email: "other@example.com", action });
    emulator.clock.advance(wait - 1);
    await expect(send()).rejects.toMatchObject(refused(429, "too_many_requests"));
    emulator.clock.advance(1);
    await send();
    await expect(send(), "only the first is forgotten").rejects.toMatchObject(refused(429, "too_many_requests"));
  });

  it("counts those of challenge pages, too", async () => {
    const { emulator, authsignal, enroll, send } = start({ tokenLifetime: "1h" });
    await enroll();
    for (let count = 0; count < 6; count += 1) await send();
    const visit = await emulator.visit((await authsignal.track({ userId, action })).url);
    await expect(visit.choose("SMS")).rejects.toThrow(/Too many messages/);
    emulator.clock.advance("10m");
    await visit.choose("SMS");
  });

  it("tells how to go on", async () => {
    const { send } = start();
    for (let count = 0; count < 6; count += 1) await send();
    await expect(send()).rejects.toMatchObject({ errorDescription: expect.stringMatching(/clock.*limits/) });
  });
});

describe("the limit of tried codes", () => {
  it("is 10 in 5 minutes for a recipient, over all challenges; then even the right one is refused", async () => {
    const { emulator, authsignal, send } = start();
    emulator.clock.freeze();
    const [first, second] = [await send(), await send()];
    const verify = async ({ challengeId }: { challengeId: string }, verificationCode: string) =>
      (await authsignal.verify({ challengeId, verificationCode })).failureReason ?? "VERIFIED";
    for (let count = 0; count < 10; count += 1) {
      expect(await verify(count % 2 === 0 ? first : second, "000000")).toBe("CODE_INVALID_OR_EXPIRED");
    }
    expect(await verify(first, CODE)).toBe("MAX_ATTEMPTS_EXCEEDED");
    expect(await verify(second, CODE)).toBe("MAX_ATTEMPTS_EXCEEDED");
    expect(await verify(await send("+64270000009"), CODE)).toBe("VERIFIED");
    emulator.clock.advance(5 * MINUTE - 1);
    expect(await verify(first, CODE)).toBe("MAX_ATTEMPTS_EXCEEDED");
    emulator.clock.advance(1);
    expect(await verify(first, CODE)).toBe("VERIFIED");
  });

  it("makes the action of a challenge page fail", async () => {
    const { emulator, authsignal, enroll } = start();
    await enroll();
    const { url, idempotencyKey } = await authsignal.track({ userId, action });
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    for (let count = 0; count < 10; count += 1) await expect(visit.enter("000000")).rejects.toThrow();
    const ids = { userId, action, idempotencyKey };
    expect(await authsignal.getAction(ids)).toMatchObject({ state: "CHALLENGE_REQUIRED" });
    await expect(visit.enter(CODE)).rejects.toThrow("Too many wrong codes were entered.");
    expect(await authsignal.getAction(ids)).toMatchObject({ state: "CHALLENGE_FAILED" });
  });
});

describe("limits: false", () => {
  it("lets send and try without end", async () => {
    const { authsignal, send } = start({ limits: false });
    const { challengeId } = await send();
    for (let count = 0; count < 20; count += 1) {
      await send();
      expect(await authsignal.verify({ challengeId, verificationCode: "000000" })).toEqual({
        isVerified: false,
        failureReason: "CODE_INVALID_OR_EXPIRED",
      });
    }
    expect((await authsignal.verify({ challengeId, verificationCode: CODE })).isVerified).toBe(true);
  });
});
