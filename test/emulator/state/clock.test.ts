import { describe, expect, it } from "vitest";
import { action, CODE, phoneNumber, start, userId } from "../../support/emulator/emulator.ts";

const MOMENT = "2026-01-15T03:04:05.678Z";

describe("the clock", () => {
  it("shows real time until it is changed", () => {
    const { clock } = start().emulator;
    expect(Math.abs(clock.milliseconds - Date.now())).toBeLessThan(1_000);
    expect(clock.isFrozen).toBe(false);
  });

  it("is frozen at exactly the given time", () => {
    const { clock } = start().emulator;
    for (let time = 0; time < 3_000; time += 1) {
      clock.unfreeze();
      clock.freeze(MOMENT);
      expect(clock.now().toISOString()).toBe(MOMENT);
    }
  });

  it.each([
    [1_500, 1_500],
    ["16m", 960_000],
    ["2h", 7_200_000],
    ["3 days", 259_200_000],
    ["-1m", -60_000],
    [0, 0],
  ] as const)("advances by %s", (by, milliseconds) => {
    const { clock } = start().emulator;
    clock.freeze(MOMENT);
    clock.advance(by);
    expect(clock.milliseconds - Date.parse(MOMENT)).toBe(milliseconds);
    clock.unfreeze();
    const before = clock.milliseconds;
    clock.advance(by);
    expect(clock.milliseconds - before - milliseconds).toBeGreaterThanOrEqual(0);
    expect(clock.milliseconds - before - milliseconds).toBeLessThan(1_000);
  });

  it("can be set, frozen and unfrozen", () => {
    const { clock } = start().emulator;
    for (const time of [MOMENT, new Date(MOMENT), Date.parse(MOMENT), "2026-01-15T04:04:05.678+01:00"]) {
      clock.set(time);
      expect(clock.milliseconds - Date.parse(MOMENT)).toBeLessThan(1_000);
      clock.freeze(time);
      expect(clock.now().toISOString()).toBe(MOMENT);
      clock.set("2027-01-01");
      expect([clock.isFrozen, clock.now().toISOString()]).toEqual([true, "2027-01-01T00:00:00.000Z"]);
      clock.unfreeze();
      expect(clock.isFrozen).toBe(false);
      expect(clock.milliseconds - Date.UTC(2027, 0)).toBeLessThan(1_000);
    }
  });

  it("rejects values that are no time", () => {
    const { clock } = start().emulator;
    clock.freeze(MOMENT);
    const duration = JSON.parse('"soon"');
    for (const wrong of [
      () => clock.set("tomorrow"),
      () => clock.set(Number.NaN),
      () => clock.set("+020000-01-01T00:00:00Z"),
      () => clock.freeze(new Date(Number.NaN)),
      () => clock.advance(Number.NaN),
      () => clock.advance(Number.POSITIVE_INFINITY),
      () => clock.advance(Number.MAX_VALUE),
      () => clock.advance(duration),
      () => clock.advance(JSON.parse('""')),
    ]) {
      expect(wrong).toThrow(TypeError);
    }
    expect(clock.now().toISOString()).toBe(MOMENT);
  });

  it("sets every stored time, and can be advanced without waiting", async () => {
    const { emulator, authsignal, stepUp } = start();
    emulator.clock.freeze("2030-01-01T00:00:00Z");
    const { token } = await stepUp(userId, { deviceId: "laptop" });
    emulator.clock.advance("1m");
    await authsignal.createSession({ token, clientId: "web" });
    const times = [...JSON.stringify(emulator.export()).matchAll(/"(\w+At)":"([^"]+)"/g)];
    expect(times.length).toBeGreaterThan(10);
    for (const [text, , time = ""] of times) expect(time, text).toMatch(/^2030-01-\d\dT0\d:/);
    const { expiresAt } = await authsignal.challenge({ verificationMethod: "SMS", phoneNumber, action });
    expect(expiresAt).toBe(Date.UTC(2030, 0, 1, 0, 11) / 1_000);
    const [entry] = emulator.requests.list();
    expect(Math.abs(Date.parse(entry?.receivedAt ?? "") - Date.now()), "the log has real time").toBeLessThan(10_000);
  });

  it("belongs to one tenant", () => {
    const { emulator } = start();
    emulator.clock.freeze(MOMENT);
    expect(emulator.tenant("sk_emulator_other").clock.isFrozen).toBe(false);
  });

  it("can go back, and what was over then is not over any more", async () => {
    const { emulator, authsignal, send } = start();
    const { challengeId } = await send();
    emulator.clock.advance("1h");
    expect((await authsignal.verify({ challengeId, verificationCode: CODE })).isVerified).toBe(false);
    emulator.clock.advance("-1h");
    expect((await authsignal.verify({ challengeId, verificationCode: CODE })).isVerified).toBe(true);
  });
});

describe("one-time codes", () => {
  it("are the same, told, random, or made by a function of the message", async () => {
    const codes = async (options: Parameters<typeof start>[0], count = 1) => {
      const { emulator, send } = start(options);
      for (let time = 0; time < count; time += 1) await send(`+6427000000${time}`);
      return emulator.outbox.list().map(({ code = "" }) => code);
    };
    expect(await codes({}, 2)).toEqual([CODE, CODE]);
    expect(await codes({ otp: "0042" })).toEqual(["0042"]);
    const random = await codes({ otp: "random" }, 9);
    for (const code of random) expect(code).toMatch(/^\d{6}$/);
    expect(new Set(random).size).toBeGreaterThan(1);
    const seen: object[] = [];
    const otp = (message: object) => {
      seen.push(message);
      return `${seen.length}00${seen.length}`;
    };
    expect(await codes({ otp }, 2)).toEqual(["1001", "2002"]);
    expect(seen[0]).toEqual({ channel: "SMS", to: "+64270000000", action: "signIn" });
  });

  it("of a function are checked as they are", async () => {
    const { authsignal, send } = start({ otp: ({ to }) => to.slice(-4) });
    const { challengeId } = await send("+64270009999");
    expect((await authsignal.verify({ challengeId, verificationCode: CODE })).isVerified).toBe(false);
    expect((await authsignal.verify({ challengeId, verificationCode: "9999" })).isVerified).toBe(true);
  });
});
