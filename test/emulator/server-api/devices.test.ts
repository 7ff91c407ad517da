import { describe, expect, it } from "vitest";
import { action, call, invalid, refused, start, userId } from "../../support/emulator/emulator.ts";

const deviceId = "laptop";

describe("a device", () => {
  it("is noted when it is tracked first, and told of challenges that were passed on it", async () => {
    const { emulator, authsignal, enroll, pass } = start();
    emulator.clock.set("2026-01-15T00:00:00Z");
    await enroll();
    const { url } = await authsignal.track({ userId, action, attributes: { deviceId } });
    const [fresh] = await authsignal.getDevices({ userId });
    expect(fresh).toEqual({ userId, deviceId, createdAt: expect.stringMatching(/^2026-01-15T00:00/) });
    emulator.clock.advance("5m");
    await pass(url);
    expect(await authsignal.getDevices({ userId })).toEqual([
      { ...fresh, authenticatedAt: expect.stringMatching(/^2026-01-15T00:05/), lastVerificationMethod: "SMS" },
    ]);
    await authsignal.track({ userId, action, attributes: { deviceId: "phone" } });
    await authsignal.track({ userId: "other", action, attributes: { deviceId } });
    expect(await authsignal.getDevices({ userId })).toHaveLength(2);
    expect(await authsignal.getDevices({ userId: "other" })).toMatchObject([{ userId: "other", deviceId }]);
  });

  it("is noted by a claimed challenge, too", async () => {
    const { authsignal } = start();
    const request = { verificationMethod: "EMAIL_OTP", email: "jo@example.com", action, deviceId } as const;
    const { challengeId } = await authsignal.challenge(request);
    await authsignal.verify({ challengeId, verificationCode: "123456" });
    await authsignal.claimChallenge({ challengeId, userId });
    const expected = { deviceId, authenticatedAt: expect.any(String), lastVerificationMethod: "EMAIL_OTP" };
    expect(await authsignal.getDevices({ userId })).toMatchObject([expected]);
  });

  it("is remembered, forgotten and invalidated", async () => {
    const { authsignal } = start();
    await authsignal.track({ userId, action, attributes: { deviceId } });
    const [device] = await authsignal.getDevices({ userId });
    const ids = { userId, deviceId };
    const rememberedUntil = "2026-02-14T12:00:00.000Z";
    const remember = (until: string | null) =>
      authsignal.updateDevice({ ...ids, attributes: { rememberedUntil: until } });
    expect(await remember(rememberedUntil)).toEqual({ ...device, rememberedUntil });
    expect(await remember(null)).toEqual(device);
    await remember(rememberedUntil);
    const invalidated = await authsignal.invalidateDevice(ids);
    expect(invalidated).toEqual({ ...device, invalidatedAt: expect.any(String) });
    expect(await authsignal.getDevices({ userId })).toEqual([invalidated]);
  });

  it("that is unknown is a 404", async () => {
    const { authsignal } = start();
    await authsignal.track({ userId, action, attributes: { deviceId } });
    const missing = refused(404, "not_found", "The user has no such device.");
    for (const ids of [
      { userId, deviceId: "phone" },
      { userId: "other", deviceId },
    ]) {
      const attributes = { rememberedUntil: null };
      await expect(authsignal.updateDevice({ ...ids, attributes })).rejects.toMatchObject(missing);
      await expect(authsignal.invalidateDevice(ids)).rejects.toMatchObject(missing);
    }
  });

  it.each([
    [{}, "body.rememberedUntil is required"],
    [{ rememberedUntil: "tomorrow" }, 'body.rememberedUntil must match format "date-time"'],
    [{ rememberedUntil: 5 }, "body.rememberedUntil must be string,null"],
    [{ rememberedUntil: null, name: "x" }, "body.name is not in the spec"],
  ])("refuses %o", async (body, words) => {
    const { emulator, authsignal } = start();
    await authsignal.track({ userId, action, attributes: { deviceId } });
    const answer = await call(emulator, `PATCH /users/${userId}/devices/${deviceId}`, { body });
    expect(answer).toMatchObject(invalid(words));
  });
});
