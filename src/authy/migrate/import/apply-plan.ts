import type { Authsignal } from "../../../authsignal/authsignal.ts";
import { ApiError } from "../../../errors.ts";
import { ApiCalls } from "./api-calls.ts";
import { systemClock } from "./clock.ts";
import { Interrupted, MigrationError, messageOf } from "./error.ts";
import type { MigrationCounts } from "./migration-counts.ts";
import { MigrationLog } from "./migration-log.ts";
import { nodeModule } from "./node.ts";
import type { Plan } from "./plan.ts";
import { type RetryTime, runPool } from "./pool.ts";
import { RateLimiter } from "./rate-limiter.ts";
import type { MigrationOptions, MigrationReport } from "./types.ts";
import { type Job, UserMigrator } from "./user-migrator.ts";

const { setMaxListeners } = nodeModule("node:events");

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_SETTLE_TIME = 30_000;
/** How many attempts the first call has, which checks whether the service can be used. */
const CHECK_ATTEMPTS = 4;

/** Adds the rows whose outcome needs no call: skipped rows and duplicates. */
export function reportPlan({ skipped, duplicates }: Plan, counts: MigrationCounts): void {
  for (const row of skipped) counts.add(row, { outcome: "skipped", ...row });
  for (const duplicate of duplicates) {
    counts.add(duplicate, { outcome: "duplicate", explanation: `line ${duplicate.of} counts for this user` });
  }
}

/**
 * Migrates the users of a plan.
 * @throws MigrationError when it cannot start or continue; its `report` holds what was done until then.
 */
export async function applyPlan(
  plan: Plan,
  counts: MigrationCounts,
  authsignal: Authsignal,
  options: MigrationOptions,
): Promise<MigrationReport> {
  const { file, journal: journalFile = `${file}.journal`, concurrency = DEFAULT_CONCURRENCY } = options;
  const { settleTime = DEFAULT_SETTLE_TIME, onProgress, signal } = options;
  const clock = systemClock;
  const end = new AbortController();
  // Each waiting worker adds a listener. Node would warn about more than 10.
  setMaxListeners(0, end.signal);
  const stop = () => end.abort();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();

  let finished = 0;
  let pausedUntil: number | undefined;
  /** Jobs whose enrollment has no response and may still be pending. */
  const unanswered = new Set<Job>();
  const { total } = plan;
  const reportProgress = () => onProgress?.({ finished, total, unanswered: unanswered.size, pausedUntil });
  const rateLimiter = new RateLimiter(clock, end.signal, (until) => {
    pausedUntil = until;
    reportProgress();
  });
  const calls = new ApiCalls(rateLimiter, clock, end.signal, authsignal.apiUrl);
  const log = new MigrationLog(journalFile, authsignal);
  const migrator = new UserMigrator({ authsignal, calls, log, clock, settleTime });

  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    if (!(error instanceof Interrupted)) failures.push(error);
    end.abort();
  };
  const finishOne = () => {
    finished += 1;
    reportProgress();
  };

  async function work(job: Job): Promise<RetryTime | undefined> {
    const result = await migrator.migrate(job);
    if (typeof result === "number") {
      if (result > clock.now()) {
        unanswered.add(job);
        reportProgress();
      }
      return result;
    }
    unanswered.delete(job);
    counts.add(job.task, result);
    finishOne();
    return undefined;
  }

  /** Yields the users that no earlier run has finished. */
  function* jobs(): Generator<Job, void, void> {
    for (const task of plan.tasks()) {
      const entry = log.entry(task.userId);
      if (entry?.outcome === undefined || entry.fingerprint !== task.fingerprint) yield { task, sentAt: entry?.sentAt };
      else {
        counts.add(task, { outcome: entry.outcome, notes: entry.notes }, true);
        finishOne();
      }
    }
  }

  try {
    if (!end.signal.aborted) await checkService(calls, authsignal).catch(fail);
    // `onRow` is called only once the service works: the caller may replace the report of an earlier run at the first row.
    if (failures.length === 0) reportPlan(plan, counts);
    await runPool(jobs(), { concurrency, clock, signal: end.signal, work, fail });
  } finally {
    signal?.removeEventListener("abort", stop);
    log.close();
  }
  const report = counts.report(counts.report().remaining > 0);
  if (failures.length > 0) throw withReport(failures[0], report);
  return report;
}

/** @throws MigrationError when the key or the address is wrong, before anything is done. */
async function checkService(calls: ApiCalls, authsignal: Authsignal): Promise<void> {
  try {
    await calls.repeatable(() => authsignal.getAuthenticatorConfigurations({}, { retries: 0 }), CHECK_ATTEMPTS);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new MigrationError(`Authsignal at ${authsignal.apiUrl} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function withReport(failure: unknown, report: MigrationReport): unknown {
  if (failure instanceof MigrationError) failure.report = report;
  return failure;
}
