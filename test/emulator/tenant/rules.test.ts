import { describe, expect, it } from "vitest";
import type { RuleContext } from "../../../src/emulator/tenant/rules.ts";
import type { TrackAttributes } from "../../../src/index.ts";
import { action, CODE, start, userId } from "../../support/emulator/emulator.ts";

/** An emulator without rules, and what an enrolled user's action comes to. */
async function arrange() {
  const { emulator, authsignal, enroll, pass } = start();
  emulator.rules.clear();
  await enroll();
  const track = (attributes: TrackAttributes = {}, code = action, user = userId) =>
    authsignal.track({ userId: user, action: code, attributes });
  const stateOf = async (...args: Parameters<typeof track>) => (await track(...args)).state;
  return { emulator, authsignal, pass, track, stateOf, rules: emulator.rules };
}

describe("a rule", () => {
  it("fits by action, by user, and always", async () => {
    const { rules, stateOf } = await arrange();
    rules.add({ action: "a", outcome: "BLOCK" });
    rules.add({ userId: "usr_2", outcome: "REVIEW" });
    expect([await stateOf({}, "a"), await stateOf({}, "b"), await stateOf({}, "b", "usr_2")]).toEqual([
      "BLOCK",
      "ALLOW",
      "REVIEW_REQUIRED",
    ]);
    rules.add({ outcome: "CHALLENGE" });
    expect(await stateOf({}, "b")).toBe("CHALLENGE_REQUIRED");
  });

  it.each<[where: object, attributes: TrackAttributes, fits: boolean]>([
    [{ custom: { isLarge: true } }, { custom: { isLarge: true, to: "A" } }, true],
    [{ custom: { isLarge: true } }, { custom: { isLarge: false } }, false],
    [{ custom: { isLarge: true } }, { custom: { isLarge: "true" } }, false],
    [{ custom: { isLarge: true } }, {}, false],
    [{ ipAddress: "203.0.113.7", custom: { a: 1 } }, { ipAddress: "203.0.113.7", custom: { a: 1 } }, true],
    [{ ipAddress: "203.0.113.7", custom: { a: 1 } }, { ipAddress: "203.0.113.8", custom: { a: 1 } }, false],
    [{ custom: { constructor: "x" } }, { custom: {} }, false],
    [{}, {}, true],
  ])("with where %o and attributes %o fits: %s", async (where, attributes, fits) => {
    const { rules, stateOf } = await arrange();
    rules.add({ where: { ...where }, outcome: "BLOCK" });
    expect(await stateOf(attributes)).toBe(fits ? "BLOCK" : "ALLOW");
  });

  it("decides before those that were added later, and before what set says", async () => {
    const { rules, track, authsignal } = await arrange();
    rules.set(action, "BLOCK");
    rules.set(action, "REVIEW");
    expect(rules.list()).toMatchObject([{ action, outcome: "REVIEW" }]);
    rules.add({ ruleId: "r1", outcome: "CHALLENGE", output: { a: 1, b: 1 } });
    rules.add({ ruleId: "r2", outcome: "BLOCK", output: { b: 2, c: 2 } });
    const { state, ruleIds, idempotencyKey } = await track();
    expect([state, ruleIds]).toEqual(["CHALLENGE_REQUIRED", ["r1", "r2", expect.stringContaining(action)]]);
    const read = await authsignal.getAction({ userId, action, idempotencyKey });
    expect(read).toMatchObject({ priorityRuleId: "r1", output: { a: 1, b: 1, c: 2 } });
  });

  it("with a function keeps its place among the others", async () => {
    const { rules, stateOf } = await arrange();
    rules.add({ outcome: "BLOCK" });
    rules.add({ outcome: "REVIEW", when: () => true });
    expect(await stateOf()).toBe("BLOCK");
  });

  it("is removed and replaced", async () => {
    const { rules, stateOf } = await arrange();
    const id = rules.add({ outcome: "BLOCK" });
    const other = rules.add({ outcome: "BLOCK", when: () => true });
    expect(await stateOf()).toBe("BLOCK");
    rules.remove(id);
    rules.remove(other);
    rules.remove("unknown");
    expect(await stateOf()).toBe("ALLOW");
    expect(rules.add({ ruleId: "r", outcome: "BLOCK" })).toBe("r");
    rules.add({ ruleId: "r", outcome: "REVIEW", when: () => true });
    expect(rules.list()).toEqual([{ ruleId: "r", name: "any action is REVIEW", outcome: "REVIEW", hasFunction: true }]);
    rules.replace([{ outcome: "CHALLENGE", name: "n", when: ({ action }) => action.actionCode === "a" }]);
    expect([await stateOf(), await stateOf({}, "a")]).toEqual(["ALLOW", "CHALLENGE_REQUIRED"]);
    rules.clear();
    expect(rules.list()).toEqual([]);
  });

  it("that replaces another one keeps its position", async () => {
    const { rules } = await arrange();
    for (const ruleId of ["r1", "r2", "r1"]) rules.add({ ruleId, outcome: "BLOCK" });
    expect(rules.list().map(({ ruleId }) => ruleId)).toEqual(["r1", "r2"]);
  });

  it("that replaces another one does not inherit its function, also after a restore", async () => {
    const { emulator, rules, stateOf } = await arrange();
    rules.add({ ruleId: "r1", outcome: "BLOCK", when: () => false });
    rules.add({ ruleId: "r1", outcome: "CHALLENGE" });
    expect(await stateOf()).toBe("CHALLENGE_REQUIRED");
    emulator.restore(emulator.snapshot());
    expect(await stateOf()).toBe("CHALLENGE_REQUIRED");
  });

  it("with an unknown outcome is rejected", async () => {
    const { rules } = await arrange();
    const outcome = JSON.parse('"CHALLENGE_REQUIRED"');
    expect(() => rules.set(action, outcome)).toThrow(/no outcome CHALLENGE_REQUIRED\. There are ALLOW, BLOCK/);
    expect(() => rules.add({ outcome })).toThrow(/no outcome CHALLENGE_REQUIRED/);
    expect(() => rules.next(outcome)).toThrow(/no outcome CHALLENGE_REQUIRED/);
    expect(rules.list()).toEqual([]);
  });
});

describe("a function", () => {
  it("receives the action with all tracked attributes, its user and its device", async () => {
    const { rules, authsignal, track, pass } = await arrange();
    const seen: RuleContext[] = [];
    rules.add({ action, outcome: "CHALLENGE", when: (context) => seen.push(context) > 0 });
    const attributes = { deviceId: "laptop", ipAddress: "203.0.113.7", custom: { amount: 5 } };
    await authsignal.updateUser({ userId, attributes: { custom: { tier: "gold" } } });
    const flags = () => [seen.at(-1)?.device?.isNew, seen.at(-1)?.device?.isRemembered];

    const { url } = await track(attributes);
    expect(seen[0]).toMatchObject({
      action: { userId, actionCode: action, ...attributes, state: "ALLOW" },
      user: { userId, custom: { tier: "gold" } },
      device: { userId, deviceId: "laptop", isNew: true, isRemembered: false },
    });
    await track({ deviceId: "laptop" });
    expect(flags(), "seen, but nothing was passed on it").toEqual([true, false]);
    await pass(url);
    await track({ deviceId: "laptop" });
    expect(flags(), "a challenge was passed on it").toEqual([false, false]);
    const ids = { userId, deviceId: "laptop" };
    await authsignal.updateDevice({ ...ids, attributes: { rememberedUntil: "2999-01-01T00:00:00Z" } });
    await track({ deviceId: "laptop" });
    expect(flags()).toEqual([false, true]);
    await authsignal.invalidateDevice(ids);
    await track({ deviceId: "laptop" });
    expect(flags(), "invalidated").toEqual([true, false]);
    await track();
    expect(seen.at(-1)?.device).toBeUndefined();
  });

  it("can decide by the clock until when a device is remembered", async () => {
    const { emulator, rules, authsignal, track, pass } = await arrange();
    rules.add({ outcome: "CHALLENGE", when: ({ device }) => !device?.isRemembered });
    const { url } = await track({ deviceId: "laptop" });
    await pass(url);
    const rememberedUntil = new Date(emulator.clock.milliseconds + 60_000).toISOString();
    await authsignal.updateDevice({ userId, deviceId: "laptop", attributes: { rememberedUntil } });
    expect((await track({ deviceId: "laptop" })).state).toBe("ALLOW");
    emulator.clock.advance("1m");
    expect((await track({ deviceId: "laptop" })).state).toBe("CHALLENGE_REQUIRED");
  });

  it("is called only when the other conditions of its rule fit, and only once for a key", async () => {
    const { rules, track } = await arrange();
    let calls = 0;
    const when = () => {
      calls += 1;
      return true;
    };
    rules.add({ action, userId, where: { custom: { x: 1 } }, outcome: "BLOCK", when });
    await track({ custom: { x: 2 } });
    await track({ custom: { x: 1 } }, "other");
    await track({ custom: { x: 1 } }, action, "other");
    expect(calls).toBe(0);
    for (const _attempt of [1, 2]) await track({ custom: { x: 1 }, idempotencyKey: "k" });
    expect(calls).toBe(1);
  });
});

describe("queued outcomes", () => {
  it("take precedence over the rules, once each, in turn, and only for their action", async () => {
    const { rules, stateOf } = await arrange();
    rules.set("a", "BLOCK");
    rules.next({ action: "a", outcome: "ALLOW" }, "CHALLENGE", { action: "a", outcome: "REVIEW" });
    expect(await stateOf({}, "b"), "the first that is not for another action").toBe("CHALLENGE_REQUIRED");
    expect([await stateOf({}, "a"), await stateOf({}, "a"), await stateOf({}, "a")]).toEqual([
      "ALLOW",
      "REVIEW_REQUIRED",
      "BLOCK",
    ]);
    rules.next("BLOCK");
    rules.clear();
    expect(await stateOf()).toBe("ALLOW");
  });

  it("are not used up by an action that is known", async () => {
    const { emulator, rules, stateOf } = await arrange();
    rules.next("BLOCK");
    expect([await stateOf({ idempotencyKey: "k" }), await stateOf({ idempotencyKey: "k" })]).toEqual([
      "BLOCK",
      "BLOCK",
    ]);
    rules.next("REVIEW");
    expect(await stateOf({ idempotencyKey: "k" })).toBe("BLOCK");
    expect(emulator.export().outcomes).toEqual([{ outcome: "REVIEW" }]);
  });
});

describe("an action that must be confirmed", () => {
  it("is not confirmed any more by the user once the server has blocked it", async () => {
    const { emulator, rules, authsignal, track } = await arrange();
    rules.set(action, "CHALLENGE");
    const { url, token, idempotencyKey } = await track();
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    await authsignal.updateAction({ userId, action, idempotencyKey, attributes: { state: "BLOCK" } });
    const blocked = { isValid: false, state: "BLOCK" };
    expect(await authsignal.validateChallenge({ token: (await visit.enter(CODE)).token })).toMatchObject(blocked);
    expect(await authsignal.validateChallenge({ token })).toMatchObject(blocked);
  });
});
