import type { Action, Challenge, TimelineEntry } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { totpOf } from "../tenant/totp.ts";
import type { Tone } from "./components.ts";
import { CHANNELS, methodName, sentence, toneOf } from "./labels.ts";

/** A line of a timeline: what happened to an action, or what the action waits for. */
export interface Step {
  readonly tone: Tone;
  readonly text: string;
  readonly note?: string | undefined;
  /** A code that the user has to enter. */
  readonly code?: string | undefined;
  /** A link that the user has to open. */
  readonly url?: string | undefined;
  /** When the step happened, by the clock of the tenant. */
  readonly at?: string | undefined;
}

/** The data from which the steps of an action are made. */
export interface StepSources {
  readonly tenant: Tenant;
  readonly action: Action | undefined;
  readonly challenges: readonly Challenge[];
  /** The recorded timeline. It is empty for imported actions without one. */
  readonly entries: readonly TimelineEntry[];
}

const WAITING_STATES = ["CHALLENGE_REQUIRED", "REVIEW_REQUIRED"];

/** Returns the recorded steps of an action, with expired challenges and its present state, which are not recorded. */
export function stepsOf(sources: StepSources): Step[] {
  const { action, challenges, entries } = sources;
  const recorded = withoutRepeatedCodes(entries).flatMap(({ entry, count }) => stepsOfEntry(sources, entry, count));
  const isTracked = entries.some(({ kind }) => kind === "action.tracked");
  const tracked = action && !isTracked ? [trackedStep(action, action.createdAt)] : [];
  const unrecorded = challenges.filter(
    ({ challengeId }) => !entries.some((entry) => entry.challengeId === challengeId),
  );
  const happened = [...tracked, ...recorded, ...unrecorded.flatMap((challenge) => startStep(sources, challenge))];
  return [...withExpired(sources, happened), ...stateStep(sources)];
}

/** A group of equal entries. */
interface Group {
  readonly entry: TimelineEntry;
  readonly count: number;
}

/** Joins wrong codes that were entered one after the other. */
function withoutRepeatedCodes(entries: readonly TimelineEntry[]): Group[] {
  const groups: Group[] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    const isRepeated =
      entry.kind === "code.rejected" &&
      last?.entry.kind === "code.rejected" &&
      last.entry.challengeId === entry.challengeId;
    if (isRepeated) groups.splice(-1, 1, { entry, count: last.count + 1 });
    else groups.push({ entry, count: 1 });
  }
  return groups;
}

function stepsOfEntry(sources: StepSources, entry: TimelineEntry, count: number): Step[] {
  const { action } = sources;
  const { at, reason, eventType = "", verificationMethod = "" } = entry;
  switch (entry.kind) {
    case "action.tracked":
      return [trackedStep(entry, at), ...outcomeStep(sources, entry)];
    case "action.changed":
      return changeStep(sources, entry);
    case "action.canceled":
      return [{ tone: "wait", text: `Canceled by ${action?.userId ?? "the user"}`, at }];
    case "challenge.started":
    case "enrollment.started":
      return challengeStep(sources, entry);
    case "message.sent":
      return [messageStep(sources, entry)];
    case "message.failed":
      return [{ tone: "bad", text: `${channelName(entry)} to ${entry.to} not sent`, at }];
    case "code.accepted":
      return [{ tone: "good", text: "Code entered", at }];
    case "code.rejected":
      return [{ tone: "wait", text: "Wrong code entered", note: count > 1 ? `${count} times` : undefined, at }];
    case "code.exhausted":
      return [{ tone: "bad", text: "Too many codes were entered", at }];
    case "link.approved":
      return [{ tone: "good", text: approvedText(verificationMethod), at }];
    case "link.denied":
      return [{ tone: "bad", text: "Denied", at }];
    case "enrollment.completed":
      return [{ tone: "good", text: `${methodName(verificationMethod)} enrolled`, at }];
    case "token.validated":
      return [{ tone: "good", text: "Token validated", at }];
    case "token.rejected":
      return [{ tone: "bad", text: "Token not valid", note: reason, at }];
    case "session.created":
      return [{ tone: "good", text: "Session created with the token", at }];
    case "session.rejected":
      return [{ tone: "bad", text: "No session created with the token", note: reason, at }];
    case "webhook.delivered":
      return [{ tone: "plain", text: `Webhook ${eventType} delivered`, at }];
    case "webhook.failed":
      return [{ tone: "bad", text: `Webhook ${eventType} failed`, note: failureNote(entry), at }];
  }
}

/** The rules of `rules.set` are named after their action and outcome, so the outcome is left out of their names. */
function trackedStep({ rules = [], outcome }: Pick<TimelineEntry, "rules" | "outcome">, at: string): Step {
  const names = rules.map(({ name }) => name.replace(` is ${outcome}`, "")).join(", ") || "no rule fits";
  return { tone: "plain", text: "Tracked", note: outcome === undefined ? `· ${names}` : `· ${names} → ${outcome}`, at };
}

/** Shows the first state of an action, unless the action waits for a challenge or a review in it. */
function outcomeStep({ action, entries }: StepSources, { at, state, outcome }: TimelineEntry): Step[] {
  if (state === undefined || WAITING_STATES.includes(state)) return [];
  // A challenge that is claimed creates its action, which is moved at once to the state that the challenge needs.
  const next = entries.find(({ kind }) => kind === "action.changed");
  if (next?.state === "CHALLENGE_REQUIRED" && next.at === at) return [];
  return [finalStep({ state, outcome, userId: action?.userId ?? "the user" }, at)];
}

function changeStep({ action }: StepSources, { at, state = "", verificationMethod }: TimelineEntry): Step[] {
  if (WAITING_STATES.includes(state)) return [];
  const note = verificationMethod && `with ${methodName(verificationMethod)}`;
  return [{ ...finalStep({ state, userId: action?.userId ?? "the user" }, at), note }];
}

function finalStep(action: Pick<Action, "state" | "outcome" | "userId">, at: string): Step {
  const { state, userId } = action;
  if (!isAllowedWithoutMethod(action)) return { tone: toneOf(state), text: sentence(state), at };
  const note = "(the rule said CHALLENGE)";
  return { tone: toneOf(state), text: `Allowed, because ${userId} has nothing enrolled`, note, at };
}

/** Whether an action is allowed only because the user had enrolled no method for a challenge. */
export function isAllowedWithoutMethod({ state, outcome }: Pick<Action, "state" | "outcome">): boolean {
  return state === "ALLOW" && outcome === "CHALLENGE";
}

/** Shows the start of a challenge without a message. The start of any other challenge is shown by its message. */
function challengeStep(sources: StepSources, { challengeId, at }: TimelineEntry): Step[] {
  const { challenges, entries } = sources;
  const hasMessage = entries.some(
    (entry) => entry.challengeId === challengeId && ["message.sent", "message.failed"].includes(entry.kind),
  );
  const challenge = challenges.find((one) => one.challengeId === challengeId);
  return hasMessage || !challenge ? [] : startStep(sources, challenge, at);
}

function startStep({ tenant }: StepSources, challenge: Challenge, at = challenge.createdAt): Step[] {
  const { verificationMethod, userId, code, otpUri, isEnrollment = false } = challenge;
  const text = `${methodName(verificationMethod)} ${isEnrollment ? "to be enrolled" : "chosen"}`;
  const isOpen = challenge.verifiedAt === undefined && challenge.claimedAt === undefined;
  if (verificationMethod !== "AUTHENTICATOR_APP" || !isOpen) {
    return [{ tone: "plain", text, ...(code && { code }), at }];
  }
  return [{ tone: "plain", text: `${text}; it shows`, code: appCode(tenant, userId, otpUri), at }];
}

/**
 * Returns the code that the authenticator app of a user shows; undefined without an app.
 * @param otpUri The URI of an app that is not enrolled yet.
 */
export function appCode(tenant: Tenant, userId = "", otpUri?: string): string | undefined {
  try {
    if (otpUri !== undefined) return totpOf(otpUri)?.generate({ timestamp: tenant.clock.milliseconds });
    return tenant.totp(userId);
  } catch {
    return undefined;
  }
}

/** Shows a message. If the outbox was cleared, it shows the code of the challenge instead of the code of the message. */
function messageStep({ tenant, challenges }: StepSources, entry: TimelineEntry): Step {
  const { messageId = "", challengeId, channel, to, at } = entry;
  const message = tenant.state.messages.get(messageId);
  const challenge = challenges.find((one) => one.challengeId === challengeId);
  const text = channel === "PUSH" ? "Push sent" : `${channelName(entry)} sent to ${to}`;
  const note = challenge?.isEnrollment ? "to enroll it" : undefined;
  return { tone: "plain", text, note, code: message?.code ?? challenge?.code, url: message?.url, at };
}

function channelName({ channel }: TimelineEntry): string {
  return channel === undefined ? "Message" : CHANNELS[channel];
}

function approvedText(verificationMethod: string): string {
  return verificationMethod === "EMAIL_MAGIC_LINK" ? "Link opened and confirmed" : "Confirmed on the device";
}

function failureNote({ status, reason }: TimelineEntry): string {
  return [status, reason].filter((one) => one !== undefined).join(", ");
}

/** Inserts the expiry of each challenge that was not passed, if the action still requires one, in the order of time. */
function withExpired({ tenant, action, challenges }: StepSources, steps: readonly Step[]): Step[] {
  if (action && action.state !== "CHALLENGE_REQUIRED") return [...steps];
  const result = [...steps];
  for (const { expiresAt, verifiedAt, claimedAt } of challenges) {
    if (verifiedAt !== undefined || claimedAt !== undefined || !tenant.isPast(expiresAt)) continue;
    const later = result.findIndex(({ at = "" }) => at > expiresAt);
    result.splice(later === -1 ? result.length : later, 0, { tone: "bad", text: "Expired", at: expiresAt });
  }
  return result;
}

/** Shows what the action waits for, or the state of an imported action whose timeline does not contain it. */
function stateStep({ action, entries }: StepSources): Step[] {
  if (!action) return [];
  const { state, stateUpdatedAt, userId } = action;
  if (state === "CHALLENGE_REQUIRED") return [{ tone: toneOf(state), text: `Waits for ${userId} to confirm` }];
  if (state === "REVIEW_REQUIRED") return [{ tone: toneOf(state), text: "Waits for a review" }];
  const isRecorded = entries.findLast((entry) => entry.state !== undefined)?.state === state;
  return isRecorded ? [] : [finalStep(action, stateUpdatedAt)];
}
