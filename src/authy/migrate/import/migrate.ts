import type { Authsignal } from "../../../authsignal/authsignal.ts";
import { ApiError } from "../../../errors.ts";
import { ApiCalls } from "./api-calls.ts";
import { systemClock } from "./clock.ts";
import { Interrupted, MigrationError, messageOf } from "./error.ts";
import { MigrationCounts } from "./migration-counts.ts";
import { MigrationLog } from "./migration-log.ts";
import { nodeModule } from "./node.ts";
import { type Plan, planOf } from "./plan.ts";
import { runPool } from "./pool.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { readRows } from "./read-rows.ts";
import type { MigrationOptions, MigrationReport } from "./types.ts";
import { type Job, UserMigrator } from "./user-migrator.ts";

const { setMaxListeners } = nodeModule("node:events");

const DEFAULT_CONCURRENCY = 8;
const MOST_CONCURRENCY = 64;
/** How often the service is asked whether it can be used at all. */
const CHECKS = 4;
const DEFAULT_SETTLE_TIME = 30_000;
const LONGEST_SETTLE_TIME = 10 * 60_000;

/**
 * Moves the users of an Authy application to Authsignal: confirmed ones get their number as a verified SMS authenticator,
 * and nobody is sent a message. What a user has at Authsignal already is never changed. Without `apply`, nothing is sent.
 *
 * When it was killed, run it again: the journal tells what was done, and nobody is enrolled twice.
 *
 * @throws MigrationError when it cannot start or go on; its `report` tells what was done until then.
 */
export async function migrateAuthyUsers(options: MigrationOptions): Promise<MigrationReport> {
  checkOptions(options);
  const { authsignal, file, format, apply = false, assumeConfirmed = false, onRow } = options;
  const plan = await planOf(readRows(file, format, assumeConfirmed), assumeConfirmed);
  const tally = new MigrationCounts(plan.read, apply, onRow);
  if (authsignal && apply) return applyPlan(plan, tally, authsignal, options);
  tellPlan(plan, tally);
  for (const task of plan.tasks()) {
    tally.add(task, { outcome: task.enrolls ? "enrolled" : "unverified", notes: task.notes });
  }
  return tally.report();
}

/** @throws MigrationError that says which option to change. */
function checkOptions(options: MigrationOptions): void {
  if (typeof options !== "object" || options === null) throw new MigrationError("the options must be an object");
  const { authsignal, file, format, apply, assumeConfirmed, concurrency = 1, settleTime = 0 } = options;
  const { journal, onRow, onProgress, signal } = options;
  const isBoolean = (value: unknown) => value === undefined || typeof value === "boolean";
  const isFunction = (value: unknown) => value === undefined || typeof value === "function";
  const problems = [
    !isText(file) && "file must be the path of the export",
    format !== undefined && format !== "csv" && format !== "jsonl" && "format must be csv or jsonl",
    !isBoolean(apply) && "apply must be true or false",
    !isBoolean(assumeConfirmed) && "assumeConfirmed must be true or false",
    apply && authsignal === undefined && "authsignal is needed to apply the migration",
    authsignal !== undefined && !isClient(authsignal) && "authsignal must be a client made with new Authsignal()",
    !isWhole(concurrency, 1, MOST_CONCURRENCY) && `concurrency must be a whole number from 1 to ${MOST_CONCURRENCY}`,
    !isWhole(settleTime, 0, LONGEST_SETTLE_TIME) && `settleTime must be from 0 to ${LONGEST_SETTLE_TIME} ms`,
    journal !== undefined && !isText(journal) && "journal must be the path of a file",
    !isFunction(onRow) && "onRow must be a function",
    !isFunction(onProgress) && "onProgress must be a function",
    signal !== undefined && !(signal instanceof AbortSignal) && "signal must be an AbortSignal",
  ];
  const problem = problems.find((one) => one !== false && one !== undefined);
  if (problem) throw new MigrationError(problem);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** Whether a value is a client, even one of another copy of this package. */
function isClient(value: unknown): boolean {
  const { apiUrl, webhook, enrollVerifiedAuthenticator } = Object(value);
  return isText(apiUrl) && typeof webhook === "object" && typeof enrollVerifiedAuthenticator === "function";
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
}

/** Tells what the file alone decides. */
function tellPlan({ skipped: refusals, duplicates }: Plan, tally: MigrationCounts): void {
  for (const refusal of refusals) tally.add(refusal, { outcome: "skipped", ...refusal });
  for (const duplicate of duplicates) {
    tally.add(duplicate, { outcome: "duplicate", explanation: `line ${duplicate.of} counts for this user` });
  }
}

async function applyPlan(
  plan: Plan,
  tally: MigrationCounts,
  authsignal: Authsignal,
  options: MigrationOptions,
): Promise<MigrationReport> {
  const { file, journal: journalFile = `${file}.journal`, concurrency = DEFAULT_CONCURRENCY } = options;
  const { settleTime = DEFAULT_SETTLE_TIME, onProgress, signal } = options;
  const clock = systemClock;
  const end = new AbortController();
  // Every worker that waits listens to it.
  setMaxListeners(0, end.signal);
  const stop = () => end.abort();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();

  let finished = 0;
  let pausedUntil: number | undefined;
  /** Jobs that wait until an enrollment cannot be under way any more. */
  const unanswered = new Set<Job>();
  const { total } = plan;
  const tellProgress = () => onProgress?.({ finished, total, unanswered: unanswered.size, pausedUntil });
  const gate = new RateLimiter(clock, end.signal, (until) => {
    pausedUntil = until;
    tellProgress();
  });
  const calls = new ApiCalls(gate, clock, end.signal, authsignal.apiUrl);
  const log = new MigrationLog(journalFile, authsignal);
  const mover = new UserMigrator({ authsignal, calls, log, clock, settleTime });

  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    if (!(error instanceof Interrupted)) failures.push(error);
    end.abort();
  };
  const advance = () => {
    finished += 1;
    tellProgress();
  };

  async function work(job: Job): Promise<number | undefined> {
    const moved = await mover.migrate(job);
    if (typeof moved === "number") {
      if (moved > clock.now()) {
        unanswered.add(job);
        tellProgress();
      }
      return moved;
    }
    unanswered.delete(job);
    tally.add(job.task, moved);
    advance();
    return undefined;
  }

  /** The users that no earlier run has finished. */
  function* jobs(): Generator<Job, void, void> {
    for (const task of plan.tasks()) {
      const entry = log.entry(task.userId);
      if (entry?.outcome === undefined || entry.fingerprint !== task.fingerprint) yield { task, sentAt: entry?.sentAt };
      else {
        tally.add(task, { outcome: entry.outcome, notes: entry.notes }, true);
        advance();
      }
    }
  }

  try {
    if (!end.signal.aborted) await checkService(calls, authsignal).catch(fail);
    // Rows are told only when this can begin: whoever writes them down must not lose those of an earlier run.
    if (failures.length === 0) tellPlan(plan, tally);
    await runPool(jobs(), { concurrency, clock, signal: end.signal, work, fail });
  } finally {
    signal?.removeEventListener("abort", stop);
    log.close();
  }
  const report = tally.report(tally.report().remaining > 0);
  if (failures.length > 0) throw withReport(failures[0], report);
  return report;
}

/** @throws MigrationError when the key or the address is wrong, before anything is done. */
async function checkService(calls: ApiCalls, authsignal: Authsignal): Promise<void> {
  try {
    await calls.repeatable(() => authsignal.getAuthenticatorConfigurations({}, { retries: 0 }), CHECKS);
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
