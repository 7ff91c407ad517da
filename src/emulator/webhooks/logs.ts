import { randomUUID } from "node:crypto";
import { allowedMethods, enrolledMethods } from "../state/methods.ts";
import type { Action, Challenge, LogRecord, WebhooksConfiguration } from "../state/rows.ts";
import { batchBody } from "./bodies.ts";
import { logDelayOf, urlOf } from "./configuration.ts";
import type { WebhookContext } from "./context.ts";
import { LOG_EVENTS, type LogEvent } from "./events.ts";

/** How many records a batch holds at most, as documented. */
const MAX_BATCH = 500;
/** How many records may wait to be sent. */
const MAX_RECORDS = 10_000;

/** Takes the body of a batch, to deliver it. */
type SendBatch = (type: LogEvent, body: string) => void;

/** The log records that wait to be sent, each for the delay that is configured. */
export class LogRecords {
  readonly #context: WebhookContext;
  readonly #configuration: () => WebhooksConfiguration;

  constructor(context: WebhookContext, configuration: () => WebhooksConfiguration) {
    this.#context = context;
    this.#configuration = configuration;
  }

  /** Adds a record of the current state of an action. A record of the action that still waits is replaced. */
  addAction(action: Action): void {
    const { state } = this.#context;
    const waiting = state.logRecords.of(action.userId).find((row) => isAbout(row, action));
    this.#put("action.log_created", action.userId, recordOfAction(this.#context, action), waiting);
  }

  /** Adds a record of what happened to a challenge. @param type Such as `SMS_SENT`. */
  addChallenge(type: string, challenge: Challenge): void {
    const { userId = "", action: actionCode, idempotencyKey, verificationMethod, email, phoneNumber } = challenge;
    const { tenantId, clock } = this.#context;
    const createdAt = clock.timestamp();
    const key = { tenantId, userId, actionCode, idempotencyKey };
    this.#put("challenge.log_created", userId, { ...key, createdAt, type, verificationMethod, email, phoneNumber });
  }

  /** Sends the records that have waited long enough. */
  batchDue(send: SendBatch): void {
    const { clock } = this.#context;
    if (this.nextDue() <= clock.milliseconds) this.#flush(send, ({ dueAt }) => clock.isPast(dueAt));
  }

  /** Sends all records. */
  batchAll(send: SendBatch): void {
    if (this.#context.state.logRecords.size > 0) this.#flush(send, () => true);
  }

  /** Returns when the next record will have waited long enough, in milliseconds since 1970; infinity when none waits. */
  nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#context.state.logRecords) next = Math.min(next, Date.parse(dueAt));
    return next;
  }

  /** Removes the records that are due, and sends them in batches if their type has a URL. */
  #flush(send: SendBatch, isDue: (row: LogRecord) => boolean): void {
    const { state, clock, tenantId } = this.#context;
    state.transaction(() => {
      for (const type of LOG_EVENTS) {
        const due = state.logRecords.filter((row) => row.type === type && isDue(row));
        for (const row of due) state.logRecords.delete(row);
        if (urlOf(this.#configuration(), type) === undefined) continue;
        for (let start = 0; start < due.length; start += MAX_BATCH) {
          try {
            send(type, batchBody(type, due.slice(start, start + MAX_BATCH), { tenantId, time: clock.timestamp() }));
          } catch (error) {
            // Records are checked when they are added, so that only those of a seed can be wrong.
            console.error("authsignal-emulator: some log records were thrown away.", error);
          }
        }
      }
    });
  }

  #put(type: LogEvent, userId: string, record: object, waiting?: LogRecord): void {
    const { state, clock, tenantId } = this.#context;
    const { eventId = randomUUID(), dueAt = clock.timestamp(logDelayOf(this.#configuration())) } = waiting ?? {};
    // Throws for a record that does not fit the spec, in the call that adds it.
    batchBody(type, [{ eventId, record }], { tenantId, time: dueAt });
    const [oldest] = state.logRecords;
    if (oldest && !waiting && state.logRecords.size >= MAX_RECORDS) state.logRecords.delete(oldest);
    state.logRecords.put({ eventId, type, userId, dueAt, record: withoutUndefined(record) });
  }
}

function isAbout({ type, record }: LogRecord, { actionCode, idempotencyKey }: Action): boolean {
  return type === "action.log_created" && record.actionCode === actionCode && record.idempotencyKey === idempotencyKey;
}

function recordOfAction(context: WebhookContext, action: Action): object {
  const { userId, actionCode, idempotencyKey, createdAt, updatedAt, state, stateUpdatedAt } = action;
  const { verificationMethod, rules, ipAddress, deviceId, custom } = action;
  const user = context.state.users.get(userId);
  return {
    tenantId: context.tenantId,
    userId,
    actionCode,
    idempotencyKey,
    createdAt,
    updatedAt,
    state,
    stateUpdatedAt,
    outcome: action.outcome ?? outcomeOf(state),
    verificationMethod,
    allowedVerificationMethods: allowedMethods(context),
    enrolledVerificationMethods: enrolledMethods(context, userId),
    rules,
    priorityRuleId: rules[0]?.ruleId,
    ipAddress,
    email: action.email ?? user?.email,
    phoneNumber: action.phoneNumber ?? user?.phoneNumber,
    deviceId,
    custom,
  };
}

function withoutUndefined(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** Returns the outcome that a state implies, for an action of a seed that has none. */
function outcomeOf(state: string): string {
  if (state.startsWith("CHALLENGE_")) return "CHALLENGE";
  if (state.startsWith("REVIEW_")) return "REVIEW";
  return state === "BLOCK" ? "BLOCK" : "ALLOW";
}
