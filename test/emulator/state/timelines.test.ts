import { describe, expect, it } from "vitest";
import { createEmulator } from "../../../src/emulator/index.ts";
import { withDefaults } from "../../../src/emulator/state/defaults.ts";
import { State } from "../../../src/emulator/state/state.ts";
import { Timelines } from "../../../src/emulator/state/timelines.ts";

const action = { userId: "jo", actionCode: "withdraw", idempotencyKey: "one" };
const challenge = {
  challengeId: "first",
  action: "withdraw",
  idempotencyKey: "one",
  verificationMethod: "SMS",
  code: "123456",
  key: "key",
  createdAt: "2026-01-15T03:04:05.000Z",
  expiresAt: "2026-01-15T03:14:05.000Z",
};

function start() {
  const state = new State();
  const now = "2026-01-15T00:00:00.000Z";
  for (const idempotencyKey of ["one", "two"]) {
    state.actions.put(withDefaults.action({ ...action, idempotencyKey, state: "ALLOW" }, now));
  }
  for (const challengeId of ["first", "second"]) state.challenges.put({ ...challenge, challengeId });
  let seconds = 0;
  const timelines = new Timelines(state, () => new Date(Date.UTC(2026, 0, 15) + 1_000 * seconds++).toISOString());
  const kinds = (subject: Parameters<Timelines["of"]>[0]) => timelines.of(subject).map(({ kind }) => kind);
  return { state, timelines, kinds };
}

describe("timelines", () => {
  it("keep the entries of each action apart, in order, with their time", () => {
    const { timelines, kinds } = start();
    timelines.record(action, { kind: "action.tracked", outcome: "CHALLENGE" });
    timelines.record({ ...action, idempotencyKey: "two" }, { kind: "action.tracked" });
    timelines.record(action, { kind: "token.validated" });
    expect(timelines.of(action)).toEqual([
      { at: "2026-01-15T00:00:00.000Z", kind: "action.tracked", outcome: "CHALLENGE" },
      { at: "2026-01-15T00:00:02.000Z", kind: "token.validated" },
    ]);
    expect(kinds({ ...action, idempotencyKey: "two" })).toEqual(["action.tracked"]);
    expect(kinds({ ...action, userId: "kim" })).toEqual([]);
  });

  it("name the challenge and its method in entries about a challenge", () => {
    const { timelines } = start();
    timelines.record({ ...challenge, userId: "jo" }, { kind: "code.rejected" });
    expect(timelines.of(action)).toMatchObject([{ challengeId: "first", verificationMethod: "SMS" }]);
  });

  it("keep the first entry and the 99 newest others", () => {
    const { timelines } = start();
    timelines.record(action, { kind: "action.tracked" });
    for (let index = 0; index < 150; index++) timelines.record(action, { kind: "code.rejected", reason: `${index}` });
    const entries = timelines.of(action);
    expect(entries).toHaveLength(100);
    expect([entries[0]?.kind, entries[1]?.reason, entries[99]?.reason]).toEqual(["action.tracked", "51", "149"]);
  });

  it("move the entries of a claimed challenge, and only those, to the action of its user", () => {
    const { timelines, kinds } = start();
    timelines.record(challenge, { kind: "challenge.started" });
    timelines.record({ ...challenge, challengeId: "second" }, { kind: "code.rejected" });
    timelines.record(action, { kind: "action.tracked" });
    timelines.claim(challenge, "jo");
    expect(kinds(action)).toEqual(["challenge.started", "action.tracked"]);
    expect(kinds(challenge)).toEqual(["code.rejected"]);
    timelines.claim({ ...challenge, challengeId: "second" }, "jo");
    expect(kinds(action)).toEqual(["challenge.started", "code.rejected", "action.tracked"]);
    expect(kinds(challenge)).toEqual([]);
  });

  it("record a token check that repeats the newest entry once, so that polling pushes nothing out", () => {
    const { timelines, kinds } = start();
    const rejected = { kind: "token.rejected", reason: "Token has expired." } as const;
    for (let times = 0; times < 200; times++) timelines.record(action, { kind: "token.validated" });
    for (let times = 0; times < 200; times++) timelines.record(action, rejected);
    timelines.record(action, { kind: "token.validated" });
    expect(kinds(action)).toEqual(["token.validated", "token.rejected", "token.validated"]);
  });

  it("are deleted with an action or challenge that is deleted before an entry is recorded", () => {
    const { state, timelines } = start();
    timelines.record(challenge, { kind: "challenge.started" });
    timelines.record(action, { kind: "action.tracked" });
    for (const row of [...state.challenges]) state.challenges.delete(row);
    for (const row of state.actions.of("jo")) state.actions.delete(row);
    timelines.record(challenge, { kind: "message.failed", to: "+64270000000" });
    timelines.record(action, { kind: "webhook.delivered" });
    expect([...state.timeline]).toEqual([]);
  });

  it("take back the entries of a transaction that fails", () => {
    const { state, timelines, kinds } = start();
    timelines.record(action, { kind: "action.tracked" });
    const fail = () => {
      timelines.record(action, { kind: "code.accepted" });
      throw new Error("disk full");
    };
    expect(() => state.transaction(fail)).toThrow("disk full");
    expect(kinds(action)).toEqual(["action.tracked"]);
  });

  it("are exported and imported with everything else, and optional in a seed", () => {
    const emulator = createEmulator();
    const timeline = [{ ...action, entries: [{ at: "2026-01-15T03:04:05.000Z", kind: "action.tracked" as const }] }];
    emulator.import({ timeline });
    expect(emulator.export().timeline).toEqual(timeline);
    emulator.import({});
    expect(emulator.export().timeline).toEqual([]);
  });
});
