import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Authsignal } from "../../../../src/authsignal/authsignal.ts";
import { ApiCalls } from "../../../../src/authy/migrate/import/api-calls.ts";
import { MigrationLog } from "../../../../src/authy/migrate/import/migration-log.ts";
import { planOf } from "../../../../src/authy/migrate/import/plan.ts";
import { RateLimiter } from "../../../../src/authy/migrate/import/rate-limiter.ts";
import { readRows } from "../../../../src/authy/migrate/import/read-rows.ts";
import { type Job, UserMigrator } from "../../../../src/authy/migrate/import/user-migrator.ts";
import { AuthsignalError } from "../../../../src/errors.ts";
import { HeldClock } from "../../../support/authy/held-clock.ts";
import { csv, enrolledBy, place, rowOf } from "../../../support/authy/import.ts";
import { settled } from "../../../support/manual-clock.ts";

const OTHER = "+14155550199";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function start() {
  const clock = new HeldClock();
  const end = new AbortController();
  const pauses: (number | undefined)[] = [];
  const rateLimiter = new RateLimiter(clock, end.signal, (until) => pauses.push(until));
  return { clock, end, pauses, calls: new ApiCalls(rateLimiter, clock, end.signal, "https://api.example") };
}

/** Returns the migrator of the one user of a place. */
async function migratorOf({ folder, file, authsignal }: { folder: string; file: string; authsignal: Authsignal }) {
  const { clock, calls } = start();
  const log = new MigrationLog(join(folder, "journal"), authsignal);
  const { tasks } = await planOf(readRows(file), false);
  const [job]: Job[] = [...tasks()].map((task) => ({ task }));
  if (!job) throw new Error("There is no user");
  return { migrator: new UserMigrator({ authsignal, calls, log, clock, settleTime: 30 * SECOND }), job, clock };
}

const tooMany = (retryAfter?: number) => new AuthsignalError(429, "too_many_requests", undefined, { retryAfter });
const broken = () => new AuthsignalError(500, "invalid_response", undefined, { mayHaveBeenProcessed: true });

describe("a request to wait", () => {
  it("delays all calls until the time that the service names", async () => {
    const { clock, calls, pauses } = start();
    const made: string[] = [];
    const call = (name: string, error?: AuthsignalError) => async () => {
      made.push(name);
      if (made.length === 1 && error) throw error;
      return name;
    };
    const first = calls.once(call("first", tooMany(5 * SECOND)));
    await settled();
    const second = calls.repeatable(call("second"));
    await clock.pass(4_999);
    expect(made).toEqual(["first"]);
    await clock.pass(1);
    expect(await Promise.all([first, second])).toEqual(["first", "second"]);
    expect(made).toHaveLength(3);
    expect(pauses).toEqual([clock.now(), undefined]);
  });

  it("lasts for as long as the longest one", async () => {
    const { clock, calls } = start();
    const waits = [60 * SECOND, SECOND];
    const made: number[] = [];
    const both = waits.map((wait) => {
      const errors = [tooMany(wait)];
      return calls.once(async () => {
        made.push(clock.now());
        const error = errors.pop();
        if (error) throw error;
      });
    });
    await settled();
    await clock.pass(59 * SECOND);
    expect(made).toHaveLength(2);
    await clock.pass(SECOND);
    await Promise.all(both);
    expect(made).toHaveLength(4);
  });

  it("delays all calls for longer and longer when the service names no time", async () => {
    const { clock, calls } = start();
    let count = 0;
    const call = calls.once(async () => {
      if (++count < 5) throw tooMany();
      return count;
    });
    for (let round = 0; round < 4; round += 1) {
      await settled();
      await clock.pass(10 * SECOND);
    }
    expect(await call).toBe(5);
    expect(clock.asked).toEqual([50, 100, 200, 400]);
  });

  it("ends the migration when no call was accepted for a quarter of an hour", async () => {
    const { clock, calls } = start();
    const call = calls.repeatable(async () => Promise.reject(tooMany(4 * MINUTE)));
    const ended = expect(call).rejects.toThrow(/longer than 15 minutes/);
    for (let round = 0; round < 3; round += 1) {
      await settled();
      await clock.pass(4 * MINUTE);
    }
    await ended;
  });
});

describe("a call that fails", () => {
  it("is made eight times when that is harmless, and once when it may have been carried out", async () => {
    const { clock, calls } = start();
    let count = 0;
    const fail = async () => {
      count += 1;
      throw broken();
    };
    await expect(calls.once(fail)).rejects.toMatchObject({ statusCode: 500 });
    expect(count).toBe(1);
    const repeated = expect(calls.repeatable(fail)).rejects.toMatchObject({ statusCode: 500 });
    for (let round = 0; round < 8; round += 1) {
      await settled();
      await clock.pass(MINUTE);
    }
    await repeated;
    expect(count).toBe(9);
    expect(clock.asked).toEqual([50, 100, 200, 400, 800, 1_600, 3_200]);
  });

  it("ends the migration when no call has succeeded for long", async () => {
    const { calls } = start();
    const fail = () => calls.once(async () => Promise.reject(broken()));
    for (let count = 1; count < 25; count += 1) await expect(fail()).rejects.toMatchObject({ statusCode: 500 });
    await expect(fail()).rejects.toThrow(/takes no call any more/);
  });

  it("is not waited for when the migration ends", async () => {
    const { calls, end } = start();
    const call = expect(calls.repeatable(async () => Promise.reject(broken()))).rejects.toThrow();
    await settled();
    end.abort();
    await call;
  });
});

describe("an enrollment whose answer is lost", () => {
  it("is not sent again while it may be under way, and is found when it comes through late", async () => {
    const late: (() => Promise<unknown>)[] = [];
    await using here = await place(csv(rowOf(1)), {
      between: async ({ method }, pass) => {
        if (method !== "POST") return pass();
        late.push(pass);
        return new Response("{}", { status: 504 });
      },
    });
    const { migrator, job, clock } = await migratorOf(here);
    expect(await migrator.migrate(job)).toBe(clock.now());
    expect(await migrator.migrate(job)).toBe(clock.now() + 30 * SECOND);
    await clock.pass(29 * SECOND);
    expect(await migrator.migrate(job)).toBe(clock.now() + SECOND);
    for (const pass of late.splice(0)) await pass();
    await clock.pass(SECOND);
    expect(await migrator.migrate(job)).toMatchObject({ outcome: "enrolled" });
    expect(here.sent.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect(enrolledBy(here.emulator, "usr_1")).toHaveLength(1);
  });
});

describe("a user who changes the number while the service asks to wait", () => {
  it.each(["POST", "PATCH"])("keeps it (%s)", async (method) => {
    let isRefused = false;
    await using here = await place(csv(rowOf(1)), {
      between: async (request, pass) => {
        if (isRefused || request.method !== method) return pass();
        isRefused = true;
        return new Response("{}", { status: 429, headers: { "retry-after": "60" } });
      },
    });
    const { migrator, job, clock } = await migratorOf(here);
    const result = migrator.migrate(job);
    while (clock.asked.length === 0) await settled();
    const [own] = here.emulator.export().authenticators ?? [];
    const changed = { userId: "usr_1", verificationMethod: "SMS", phoneNumber: OTHER, userAuthenticatorId: "own" };
    here.emulator.import({
      users: [{ userId: "usr_1", phoneNumber: OTHER, phoneNumberVerified: true }],
      authenticators: [{ ...own, ...changed }],
    });
    await clock.pass(MINUTE);
    expect(await result).toBe(clock.now());
    expect(await migrator.migrate(job)).toMatchObject({ outcome: "skipped", reason: "other_number_enrolled" });
    expect(enrolledBy(here.emulator, "usr_1")).toEqual([OTHER]);
  });
});
