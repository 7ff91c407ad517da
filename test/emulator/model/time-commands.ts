import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { Duration } from "../../../src/emulator/index.ts";
import { kind } from "./command.ts";
import type { TenantModel } from "./data.ts";
import { pick, picked } from "./population.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps as the clock takes them, and in milliseconds. */
const step = fc.constantFrom<[step: Duration, milliseconds: number][]>(
  ["1s", 1_000],
  ["30s", 30_000],
  ["5m", 5 * MINUTE],
  ["10m", 10 * MINUTE],
  ["29d", 29 * DAY],
  ["-1s", -1_000],
  ["-30s", -30_000],
  ["-1h", -HOUR],
  ["-30d", -30 * DAY],
  [90_000, 90_000],
  [-60_000, -60_000],
);

export const moveClock = kind("move clock", [], step, async ({ tenant, world, name }, [step, milliseconds]) => {
  const { clock } = world.tenant(name);
  clock.advance(step);
  tenant.now += milliseconds;
  assert.equal(clock.milliseconds, tenant.now);
});

/** What ends at some time. */
const ending = fc.constantFrom("token", "challenge", "access token", "refresh token", "sending limit", "trying limit");
type Ending = "token" | "challenge" | "access token" | "refresh token" | "sending limit" | "trying limit";

/** Goes to when something ends, or to a second before. */
export const meetDeadline = kind(
  "meet deadline",
  [],
  fc.record({ ending, pick, isBefore: fc.boolean() }),
  async ({ tenant, world, name }, { ending, pick, isBefore }) => {
    const end = endOf(tenant, ending, pick);
    if (end === undefined) return;
    tenant.now = isBefore ? end - 1_000 : end;
    world.tenant(name).clock.set(tenant.now);
  },
);

function endOf(tenant: TenantModel, ending: Ending, pick: number): number | undefined {
  const later = (time: number | undefined, by: number) => (time === undefined ? undefined : time + by);
  const issuedAt = picked(tenant.sessions, pick)?.tokens.at(-1)?.issuedAt;
  const counted = Object.values(tenant.counted);
  switch (ending) {
    case "token":
      return picked(tenant.tokens, pick)?.expiresAt;
    case "challenge":
      return picked(tenant.challenges, pick)?.expiresAt;
    case "access token":
      return later(issuedAt, HOUR);
    case "refresh token":
      return later(issuedAt, 30 * DAY);
    case "sending limit":
      return later(
        picked(
          counted.flatMap(({ sent }) => sent),
          pick,
        ),
        10 * MINUTE,
      );
    case "trying limit":
      return later(
        picked(
          counted.flatMap(({ tried }) => tried),
          pick,
        ),
        5 * MINUTE,
      );
  }
}

export const letClockRun = kind("let clock run", [], fc.constant("a moment"), async ({ tenant, world, name }) => {
  const { clock } = world.tenant(name);
  clock.unfreeze();
  const late = clock.milliseconds - tenant.now;
  assert(late >= 0 && late < 5_000, `the clock goes on from where it stood, not ${late} ms later`);
  clock.freeze(tenant.now);
});
