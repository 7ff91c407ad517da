import { randomUUID } from "node:crypto";
import { allowedMethods, enrolledMethods } from "../state/methods.ts";
import type { Action, Challenge, LogRecord, WebhooksConfiguration } from "../state/rows.ts";
import { batchBody } from "./bodies.ts";
import { logDelayOf, urlOf } from "./configuration.ts";
import type { WebhookContext } from "./context.ts";
import { LOG_EVENTS, type LogEvent } from "./events.ts";

/** How many records a batch holds at most, as documented. */
const MAX_BATCH = 500;
/** How many unsent records are kept. A further one replaces the oldest. */
const MAX_RECORDS = 10_000;

/** Adds a delivery with the body of a batch. */
type AddBatch = (type: LogEvent, body: string) => void;

/** The log records that are not sent yet. Each waits for the delay of the configuration, and is sent in a batch then. */
export class LogRecords {
  readonly #context: WebhookContext;
  readonly #configuration: () => WebhooksConfiguration;

  constructor(context: WebhookContext, configuration: () => WebhooksConfiguration) {
    this.#context = context;
    this.#configuration = configuration;
  }

  /** Adds a record of the current state of an action. It replaces an earlier record of the action that is not sent yet. */
  addAction(action: Action): void {
    const { state } = this.#context;
    const waiting = state.logRecords.of(action.userId).find((row) => isAbout(row, action));
    this.#put("action.log_created", action.userId, recordOfAction(this.#context, action), waiting);
  }

  /** Adds a record of an event of a challenge. @param type The kind of the event, such as `SMS_SENT`. */
  addChallenge(type: string, challenge: Challenge): void {
    const { userId = "", action: actionCode, idempotencyKey, verificationMethod, email, phoneNumber } = challenge;
    const { tenantId, clock } = this.#context;
    const createdAt = clock.timestamp();
    const key = { tenantId, userId, actionCode, idempotencyKey };
    this.#put("challenge.log_created", userId, { ...key, createdAt, type, verificationMethod, email, phoneNumber });
  }

  /** Moves the records that are due into batches. */
  batchDue(addBatch: AddBatch): void {
    const { clock } = this.#context;
    if (this.nextDue() <= clock.milliseconds) this.#batch(addBatch, ({ dueAt }) => clock.isPast(dueAt));
  }

  /** Moves all records into batches. */
  batchAll(addBatch: AddBatch): void {
    if (this.#context.state.logRecords.size > 0) this.#batch(addBatch, () => true);
  }

  /** Returns when the next record will be due, in milliseconds since 1970; infinity when there is none. */
  nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#context.state.logRecords) next = Math.min(next, Date.parse(dueAt));
    return next;
  }

  /** Removes the records that are due, and adds batches of them if their type has a URL. */
  #batch(addBatch: AddBatch, isDue: (row: LogRecord) => boolean): void {
    const { state, clock, tenantId } = this.#context;
    state.transaction(() => {
      for (const type of LOG_EVENTS) {
        const due = state.logRecords.filter((row) => row.type === type && isDue(row));
        for (const row of due) state.logRecords.delete(row);
        if (urlOf(this.#configuration(), type) === undefined) continue;
        for (let start = 0; start < due.length; start += MAX_BATCH) {
          try {
            addBatch(type, batchBody(type, due.slice(start, start + MAX_BATCH), { tenantId, time: clock.timestamp() }));
          } catch (error) {
            // `#put` checks the records that it adds, so that only records of a seed can violate the spec.
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
