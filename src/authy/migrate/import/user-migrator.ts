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

/** The migration makes its own attempts, so that a request to wait holds back everybody. */
const ONE_ATTEMPT = { retries: 0 };
/** How often an enrollment is sent of which nobody knows whether it was carried out. */
const MOST_SENDS = 4;

/** How old may be what was read of a user, when something is changed because of it, in ms. */
const FRESH = 5_000;
/** How often a user is read anew when that takes longer. */
const MOST_LOOKS = 5;

/** What was read of a user is too old: they may have changed their number meanwhile. */
class Outdated extends Error {}

/** A user to move, and what is known of earlier tries. */
export interface Job {
  readonly task: Task;
  /** When an enrollment was sent that may have been carried out. */
  sentAt?: number | undefined;
  /** How many enrollments were sent of which nobody knows whether they were carried out. */
  sends?: number | undefined;
  /** How often the user was read anew. */
  looks?: number | undefined;
}

/** What became of a user. */
export type UserResult =
  | { readonly outcome: FinalOutcome; readonly notes: readonly MigrationNote[] }
  | { readonly outcome: "skipped"; readonly reason: SkipReason; readonly explanation: string }
  | { readonly outcome: "failed"; readonly reason: string; readonly explanation: string };

/** What is needed to move users. */
export interface UserMigratorOptions {
  readonly authsignal: Authsignal;
  readonly calls: ApiCalls;
  readonly log: MigrationLog;
  readonly clock: Clock;
  readonly settleTime: number;
}

/** Moves users to Authsignal, one at a time. */
export class UserMigrator {
  readonly #options: UserMigratorOptions;

  constructor(options: UserMigratorOptions) {
    this.#options = options;
  }

  /**
   * Moves a user, or tells when to come back: an enrollment whose answer was lost is looked for until it cannot be under
   * way any more, and only then sent again.
   * @throws MigrationError when no other user can be moved either.
   * @throws Interrupted when the migration ends while this waits.
   */
  async migrate(job: Job): Promise<UserResult | RetryTime> {
    try {
      return await this.#tryToMove(job);
    } catch (error) {
      if (error instanceof Outdated) return this.#options.clock.now();
      if (!(error instanceof ApiError)) throw error;
      return { outcome: "failed", reason: error.errorCode, explanation: withoutNumbers(error.message) };
    }
  }

  async #tryToMove(job: Job): Promise<UserResult | RetryTime> {
    const { log, clock } = this.#options;
    const mayHaveDoneIt = job.sentAt !== undefined;
    const decision = await this.#decision(job.task);
    if ("reason" in decision) return { outcome: "skipped", ...decision };
    const readAt = clock.now();
    if (decision.outcome === "enrolled") {
      const comeBack = this.#timeToSettle(job) ?? (await this.#enroll(job, decision.isFirst, readAt));
      if (comeBack !== undefined) return comeBack;
    }
    await this.#update(job, decision.changes, readAt);
    const end = mayHaveDoneIt && decision.outcome === "alreadyEnrolled" ? "enrolled" : decision.outcome;
    log.recordOutcome(job.task, end, decision.notes);
    return { outcome: end, notes: decision.notes };
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

  #timeToSettle({ sentAt }: Job): RetryTime | undefined {
    const { clock, settleTime } = this.#options;
    if (sentAt === undefined) return undefined;
    // A clock that was set back must not make this wait for longer.
    const until = Math.min(sentAt, clock.now()) + settleTime;
    return until > clock.now() ? until : undefined;
  }

  /** Enrolls, or tells when to come back because nobody knows whether it was done. */
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
      job.sends = (job.sends ?? 0) + 1;
      if (job.sends >= MOST_SENDS) throw error;
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

  /** @throws Outdated when the user must be read anew, which is not done for ever. */
  #requireFresh(job: Job, readAt: number): void {
    const { looks = 0 } = job;
    if (this.#options.clock.now() - readAt <= FRESH || looks >= MOST_LOOKS) return;
    job.looks = looks + 1;
    throw new Outdated();
  }
}

/** What an error says, without a number or an address that the service may have repeated. */
function withoutNumbers(text: string): string {
  return text.replace(/\+?\d[\d ().-]{5,}\d/g, "…").replace(/[^\s@"']+@[^\s@"']+/g, "…");
}
