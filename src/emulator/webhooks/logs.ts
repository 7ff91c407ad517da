import { randomUUID } from "node:crypto";
import type { Action, Challenge, LogRecord, WebhooksConfiguration } from "../state/rows.ts";
import { allowedMethods, enrolledMethods } from "../tenant/methods.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { logDelayOf, urlOf } from "./configuration.ts";
import { batchOf, LOG_TYPES, type LogType } from "./events.ts";

/** How many records a batch holds. */
const BATCH = 500;
/** How many records may wait. */
const CAPACITY = 10_000;

/** Gathers log records and, when they have waited long enough, makes batches of them. */
export class Logs {
  readonly #tenant: Tenant;
  readonly #configuration: () => WebhooksConfiguration;

  constructor(tenant: Tenant, configuration: () => WebhooksConfiguration) {
    this.#tenant = tenant;
    this.#configuration = configuration;
  }

  /** Notes how an action stands. One that waits already stands so from now on. */
  noteAction(action: Action): void {
    const { state } = this.#tenant;
    const record = recordOfAction(this.#tenant, action);
    const known = state.logRecords.of(action.userId).find((row) => isAbout(row, action));
    this.#note("action.log_created", action.userId, record, known);
  }

  /** Notes what happened to a challenge. */
  noteChallenge(type: string, challenge: Challenge): void {
    const { userId = "", action: actionCode, idempotencyKey, verificationMethod, email, phoneNumber } = challenge;
    const createdAt = this.#tenant.now();
    const { tenantId } = this.#tenant;
    const names = { tenantId, userId, actionCode, idempotencyKey };
    this.#note("challenge.log_created", userId, { ...names, createdAt, type, verificationMethod, email, phoneNumber });
  }

  /**
   * Makes batches of the records that have waited long enough, and takes away those that go nowhere any more.
   * @param isAll Whether all others are taken too.
   * @param send Takes each batch.
   * @returns When the next record will have waited long enough, in milliseconds since 1970.
   */
  gather(isAll: boolean, send: (type: LogType, body: string) => void): number {
    const { state, clock, tenantId } = this.#tenant;
    const next = this.#next();
    if (next === Number.POSITIVE_INFINITY || (!isAll && next > clock.milliseconds)) return next;
    state.transaction(() => {
      for (const type of LOG_TYPES) {
        const isDue = (row: LogRecord) => isAll || Date.parse(row.dueAt) <= clock.milliseconds;
        const due = state.logRecords.filter((row) => row.type === type && isDue(row));
        for (const row of due) state.logRecords.delete(row);
        if (urlOf(this.#configuration(), type) === undefined) continue;
        for (let start = 0; start < due.length; start += BATCH) {
          try {
            send(type, batchOf(type, due.slice(start, start + BATCH), { tenantId, time: this.#tenant.now() }));
          } catch (error) {
            // Records are looked at when they are noted, so that only those of a seed can be wrong.
            console.error("authsignal-emulator: some log records were thrown away.", error);
          }
        }
      }
    });
    return this.#next();
  }

  #next(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#tenant.state.logRecords) next = Math.min(next, Date.parse(dueAt));
    return next;
  }

  #note(type: LogType, userId: string, record: object, known?: LogRecord): void {
    const { state, tenantId } = this.#tenant;
    const { eventId = randomUUID(), dueAt = this.#tenant.later(logDelayOf(this.#configuration())) } = known ?? {};
    // What is wrong with a record shall show in the call that notes it.
    batchOf(type, [{ eventId, record }], { tenantId, time: dueAt });
    const [oldest] = state.logRecords;
    if (oldest && !known && state.logRecords.size >= CAPACITY) state.logRecords.delete(oldest);
    state.logRecords.put({ eventId, type, userId, dueAt, record: withoutGaps(record) });
  }
}

function isAbout({ type, record }: LogRecord, { actionCode, idempotencyKey }: Action): boolean {
  return type === "action.log_created" && record.actionCode === actionCode && record.idempotencyKey === idempotencyKey;
}

function recordOfAction(tenant: Tenant, action: Action): object {
  const { userId, actionCode, idempotencyKey, createdAt, updatedAt, state, stateUpdatedAt } = action;
  const { verificationMethod, rules, ipAddress, deviceId, custom } = action;
  const user = tenant.state.users.get(userId);
  return {
    tenantId: tenant.tenantId,
    userId,
    actionCode,
    idempotencyKey,
    createdAt,
    updatedAt,
    state,
    stateUpdatedAt,
    outcome: action.outcome ?? outcomeOf(state),
    verificationMethod,
    allowedVerificationMethods: allowedMethods(tenant),
    enrolledVerificationMethods: enrolledMethods(tenant, userId),
    rules,
    priorityRuleId: rules[0]?.ruleId,
    ipAddress,
    email: action.email ?? user?.email,
    phoneNumber: action.phoneNumber ?? user?.phoneNumber,
    deviceId,
    custom,
  };
}

function withoutGaps(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** What was decided about an action, as far as its state tells. */
function outcomeOf(state: string): string {
  if (state.startsWith("CHALLENGE_")) return "CHALLENGE";
  if (state.startsWith("REVIEW_")) return "REVIEW";
  return state === "BLOCK" ? "BLOCK" : "ALLOW";
}
