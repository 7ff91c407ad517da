import type { Authsignal } from "../../../authsignal/authsignal.ts";
import type { UserAttributes } from "../../../authsignal/types.ts";
import { ApiError } from "../../../errors.ts";
import type { ApiCalls } from "./api-calls.ts";
import type { Clock } from "./clock.ts";
import { decideEnrollment, type EnrollmentDecision } from "./enrollment-decision.ts";
import type { FinalOutcome, MigrationLog } from "./migration-log.ts";
import type { Task } from "./plan.ts";
import type { RetryTime } from "./pool.ts";
import type { MigrationNote, SkipReason } from "./types.ts";

/** The client makes one attempt: `ApiCalls` retries, so that a 429 delays the calls of all users. */
const ONE_ATTEMPT = { retries: 0 };
/** How often an enrollment is sent at most if each response is lost. */
const MOST_SENDS = 4;

/** How old the state of a user may be when a change that depends on it is sent, in ms. */
const FRESH = 5_000;
/** How often the state of a user is read again at most because it is too old. */
const MOST_READS = 5;

/** The state of a user is too old: the user may have changed the number meanwhile. */
class Outdated extends Error {}

/** A user to migrate, with the state of earlier attempts. */
export interface Job {
  readonly task: Task;
  /** When an enrollment was sent that may have been carried out. */
  sentAt?: number | undefined;
  /** How many enrollments were sent whose response was lost. */
  lostResponses?: number | undefined;
  /** How often the state of the user was read again because it was too old. */
  rereads?: number | undefined;
}

/** The final result of a user. */
export type UserResult =
  | { readonly outcome: FinalOutcome; readonly notes: readonly MigrationNote[] }
  | { readonly outcome: "skipped"; readonly reason: SkipReason; readonly explanation: string }
  | { readonly outcome: "failed"; readonly reason: string; readonly explanation: string };

/** The objects that a migrator works with. */
export interface UserMigratorOptions {
  readonly authsignal: Authsignal;
  readonly calls: ApiCalls;
  readonly log: MigrationLog;
  readonly clock: Clock;
  /** How long an enrollment without a response may be pending, in ms. */
  readonly settleTime: number;
}

/** Migrates single users to Authsignal. */
export class UserMigrator {
  readonly #options: UserMigratorOptions;

  constructor(options: UserMigratorOptions) {
    this.#options = options;
  }

  /**
   * Migrates a user, or returns when to retry: an enrollment whose response was lost may still be pending until then. It is
   * sent again only if the user does not have it by that time.
   * @throws MigrationError when the other users cannot be migrated either.
   * @throws Interrupted when the migration ends while this waits.
   */
  async migrate(job: Job): Promise<UserResult | RetryTime> {
    try {
      return await this.#attempt(job);
    } catch (error) {
      if (error instanceof Outdated) return this.#options.clock.now();
      if (!(error instanceof ApiError)) throw error;
      return { outcome: "failed", reason: error.errorCode, explanation: withoutNumbers(error.message) };
    }
  }

  async #attempt(job: Job): Promise<UserResult | RetryTime> {
    const { log, clock } = this.#options;
    const wasSent = job.sentAt !== undefined;
    const decision = await this.#decision(job.task);
    if ("reason" in decision) return { outcome: "skipped", ...decision };
    const readAt = clock.now();
    if (decision.outcome === "enrolled") {
      const retryTime = this.#settledAt(job) ?? (await this.#enroll(job, decision.isFirst, readAt));
      if (retryTime !== undefined) return retryTime;
    }
    await this.#update(job, decision.changes, readAt);
    const outcome = wasSent && decision.outcome === "alreadyEnrolled" ? "enrolled" : decision.outcome;
    log.recordOutcome(job.task, outcome, decision.notes);
    return { outcome, notes: decision.notes };
  }

  async #decision(task: Task): Promise<EnrollmentDecision> {
    const { authsignal, calls } = this.#options;
    const { userId } = task;
    const [user, authenticators] = await Promise.all([
      calls.repeatable(() => authsignal.getUser({ userId }, ONE_ATTEMPT)),
      calls.repeatable(() => authsignal.getAuthenticators({ userId }, ONE_ATTEMPT)),
    ]);
    return decideEnrollment(task, { user, authenticators });
  }

  /** Returns when an earlier enrollment can no longer be pending; undefined if no enrollment can be pending now. */
  #settledAt({ sentAt }: Job): RetryTime | undefined {
    const { clock, settleTime } = this.#options;
    if (sentAt === undefined) return undefined;
    // The minimum limits the wait to `settleTime` if the clock of the machine was set back.
    const until = Math.min(sentAt, clock.now()) + settleTime;
    return until > clock.now() ? until : undefined;
  }

  /** Enrolls the number. Returns when to retry if the response was lost. */
  async #enroll(job: Job, isDefault: boolean, readAt: number): Promise<RetryTime | undefined> {
    const { authsignal, calls, log, clock } = this.#options;
    const { userId, phoneNumber } = job.task;
    const attributes = { verificationMethod: "SMS", phoneNumber, ...(isDefault && { isDefault }) } as const;
    try {
      await calls.once(() => {
        this.#requireFresh(job, readAt);
        log.recordSending(job.task, clock.now());
        return authsignal.enrollVerifiedAuthenticator({ userId, attributes }, ONE_ATTEMPT);
      });
      job.sentAt = clock.now();
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.mayHaveBeenProcessed) throw error;
      job.sentAt = clock.now();
      job.lostResponses = (job.lostResponses ?? 0) + 1;
      if (job.lostResponses >= MOST_SENDS) throw error;
      return clock.now();
    }
  }

  async #update(job: Job, attributes: UserAttributes, readAt: number): Promise<void> {
    const { authsignal, calls } = this.#options;
    const { userId } = job.task;
    if (Object.keys(attributes).length === 0) return;
    await calls.repeatable(() => {
      this.#requireFresh(job, readAt);
      return authsignal.updateUser({ userId, attributes }, ONE_ATTEMPT);
    });
  }

  /** @throws Outdated when the state of the user must be read again, a few times at most. */
  #requireFresh(job: Job, readAt: number): void {
    const { rereads = 0 } = job;
    if (this.#options.clock.now() - readAt <= FRESH || rereads >= MOST_READS) return;
    job.rereads = rereads + 1;
    throw new Outdated();
  }
}

/** Returns a message without the phone numbers and addresses that the service may have repeated. */
function withoutNumbers(text: string): string {
  return text.replace(/\+?\d[\d ().-]{5,}\d/g, "…").replace(/[^\s@"']+@[^\s@"']+/g, "…");
}
