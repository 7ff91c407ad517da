import type { Action, Outcome, Seed } from "../state/rows.ts";
import { modeOf } from "../webhooks/events.ts";

/** The rows of one table of a seed. */
export type Rows<Name extends keyof Seed> = NonNullable<Seed[Name]>;

type Row<Name extends "challenges" | "messages" | "deliveries" | "timeline"> = Rows<Name>[number];
type Entry = Row<"timeline">["entries"][number];

/** The code of every message of the sample. */
export const SAMPLE_CODE = "123456";
const CODE_LIFETIME_SECONDS = 600;
/** How long after its action a message is sent, in seconds. */
const SEND_DELAY_SECONDS = 4;
/** How long after a failed attempt an event is sent again, in seconds. */
const RETRY_DELAY_SECONDS = 30;

/** The message of a challenge. */
export interface SentMessage {
  readonly channel: Row<"messages">["channel"];
  readonly to: string;
  readonly verificationMethod: string;
  /** Whether the message contains a link instead of a code. */
  readonly isLink?: boolean | undefined;
}

/** An action of the past. */
export interface SampleAction {
  /** How long ago the action was tracked, in seconds. */
  readonly age: number;
  readonly action: Pick<Action, "userId" | "actionCode"> & Partial<Action> & { readonly outcome: Outcome };
  readonly message?: SentMessage | undefined;
  readonly end?: SampleEnd | undefined;
}

/** How the challenge of an action ended. */
export interface SampleEnd {
  /** How long after the action, in seconds. */
  readonly after: number;
  readonly state: "CHALLENGE_SUCCEEDED" | "CHALLENGE_FAILED";
  readonly verificationMethod?: string | undefined;
  /** How many wrong codes were entered. After the last of them, the challenge accepted no code any more. */
  readonly wrongCodes?: number | undefined;
}

/** A webhook event of the past. */
export interface SampleDelivery {
  /** How long ago the event was sent, in seconds. */
  readonly age: number;
  readonly type: Row<"deliveries">["type"];
  readonly data: object;
  /** The result of each attempt. */
  readonly attempts: readonly Pick<Row<"deliveries">["attempts"][number], "status" | "error" | "response">[];
}

/** The tenant, its authenticators and the time for which a history is built. */
export interface HistoryOptions {
  readonly tenantId: string;
  readonly origin: string;
  /** The present, in milliseconds since 1970. */
  readonly now: number;
  readonly authenticators: Rows<"authenticators">;
}

const STATES = {
  ALLOW: "ALLOW",
  BLOCK: "BLOCK",
  CHALLENGE: "CHALLENGE_REQUIRED",
  REVIEW: "REVIEW_REQUIRED",
} as const satisfies Record<Outcome, string>;

type HistoryRows = { readonly [Name in "actions" | "challenges" | "messages" | "deliveries" | "timeline"]: Rows<Name> };

/** Builds the history of the sample: actions with their challenges, messages and timelines, and webhook deliveries. */
export class SampleHistory {
  readonly rows: HistoryRows = { actions: [], challenges: [], messages: [], deliveries: [], timeline: [] };
  readonly #options: HistoryOptions;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Returns the time some seconds ago, in ISO 8601. */
  at(secondsAgo: number): string {
    return new Date(this.#options.now - secondsAgo * 1_000).toISOString();
  }

  /** Adds an action with its challenge, message and timeline. @returns Its idempotency key. */
  track(sample: SampleAction): string {
    const { age, action, message, end } = sample;
    const { userId, actionCode, outcome, rules = [] } = action;
    const idempotencyKey = `sample-${this.rows.actions.length + 1}`;
    const changedAt = this.at(age - (end?.after ?? 0));
    this.rows.actions.push({
      idempotencyKey,
      actionId: `${idempotencyKey}-id`,
      createdAt: this.at(age),
      updatedAt: changedAt,
      stateUpdatedAt: changedAt,
      ipAddress: "203.0.113.7",
      ...action,
      state: end?.state ?? STATES[outcome],
      ...(end?.verificationMethod && { verificationMethod: end.verificationMethod }),
    });
    const entries: Entry[] = [{ at: this.at(age), kind: "action.tracked", outcome, rules: [...rules] }];
    if (message) entries.push(...this.#send(sample, message, idempotencyKey));
    if (end) entries.push({ at: changedAt, kind: "action.changed", state: end.state, by: "user" });
    this.rows.timeline.push({ userId, actionCode, idempotencyKey, entries });
    return idempotencyKey;
  }

  /** Adds the delivery of an event. */
  deliver({ age, type, data, attempts }: SampleDelivery): void {
    const deliveryId = `sample-delivery-${this.rows.deliveries.length + 1}`;
    const { tenantId } = this.#options;
    const envelope = {
      version: 1,
      id: deliveryId,
      source: "https://authsignal.com",
      time: this.at(age),
      tenantId,
      type,
    };
    this.rows.deliveries.push({
      deliveryId,
      type,
      url: "http://localhost:3000/webhooks",
      body: JSON.stringify({ ...envelope, data }),
      mode: modeOf(type),
      createdAt: this.at(age),
      attempts: attempts.map((attempt, index) => ({
        at: this.at(age - index * RETRY_DELAY_SECONDS),
        duration: 12 + index,
        ...attempt,
      })),
      state: attempts.some(({ status = 0 }) => status >= 200 && status < 300) ? "delivered" : "failed",
    });
  }

  /** Adds the challenge and the message of an action. @returns The entries of its timeline. */
  #send({ age, action, end }: SampleAction, message: SentMessage, idempotencyKey: string): Entry[] {
    const { tenantId, origin, authenticators } = this.#options;
    const { userId, actionCode } = action;
    const { channel, to, verificationMethod, isLink = false } = message;
    const createdAt = this.at(age - SEND_DELAY_SECONDS);
    const challengeId = `${idempotencyKey}-challenge`;
    const messageId = `${idempotencyKey}-message`;
    const key = `${idempotencyKey}-key`;
    const common = { userId, action: actionCode, idempotencyKey, challengeId, createdAt };
    const endedAt = this.at(age - (end?.after ?? 0));
    const authenticator = authenticators.find(
      (one) => one.userId === userId && one.verificationMethod === verificationMethod,
    );
    this.rows.challenges.push({
      ...common,
      verificationMethod,
      code: isLink ? "" : SAMPLE_CODE,
      key,
      ...(channel === "SMS" ? { phoneNumber: to } : { email: to }),
      userAuthenticatorId: authenticator?.userAuthenticatorId,
      expiresAt: this.at(age - SEND_DELAY_SECONDS - CODE_LIFETIME_SECONDS),
      ...(end?.state === "CHALLENGE_SUCCEEDED" && { verifiedAt: endedAt, claimedAt: endedAt }),
      ...(end?.wrongCodes && { wrongCodes: end.wrongCodes, lastWrongCodeAt: endedAt }),
    });
    const url = `${origin}/challenge/link?${new URLSearchParams({ tenant: tenantId, key })}`;
    this.rows.messages.push({ ...common, messageId, channel, to, ...(isLink ? { url } : { code: SAMPLE_CODE }) });
    const about = { challengeId, verificationMethod };
    const sent: Entry = { at: createdAt, kind: "message.sent", ...about, channel, to, messageId };
    return [sent, ...kindsOf(end, isLink).map((kind) => ({ at: endedAt, kind, ...about }))];
  }
}

/** Returns what the user did with a message. */
function kindsOf(end: SampleEnd | undefined, isLink: boolean): Entry["kind"][] {
  if (end === undefined) return [];
  if (end.wrongCodes === undefined) return [isLink ? "link.approved" : "code.accepted"];
  return [...Array.from({ length: end.wrongCodes - 1 }, () => "code.rejected" as const), "code.exhausted"];
}
