import type { Action, Challenge, Message } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { totpOf } from "../tenant/totp.ts";
import { type Calls, callsOf } from "./calls.ts";
import { nameOf, type Objections, objectionsOf } from "./objections.ts";
import type { Tone } from "./components.ts";
import { MOST_ROWS } from "./inspector-view.ts";
import { CHANNELS, methodName, sentence, toneOf } from "./labels.ts";

/** One thing that happened to an action, or that it waits for. */
export interface Step {
  readonly tone: Tone;
  readonly words: string;
  readonly note?: string | undefined;
  /** A code that somebody has to enter. */
  readonly code?: string | undefined;
  /** A link that somebody has to open. */
  readonly url?: string | undefined;
  /** When it happened, by the clock of the tenant. */
  readonly at?: string | undefined;
}

/** An action and what became of it; without `action`, a challenge that is not claimed for a user yet. */
export interface Story {
  readonly key: string;
  readonly actionCode: string;
  readonly userId: string | undefined;
  readonly createdAt: string;
  readonly action: Action | undefined;
  readonly challenges: readonly Challenge[];
  readonly steps: readonly Step[];
}

/** What stories are made of. */
interface Sources {
  readonly tenant: Tenant;
  readonly messages: ReadonlyMap<string, readonly Message[]>;
  readonly calls: Calls;
  readonly objections: Objections;
}

/** The stories of the newest actions, the newest first. */
export function storiesOf(tenant: Tenant): Story[] {
  const { actions, challenges, messages } = tenant.state;
  const newest = [...actions].slice(-MOST_ROWS);
  const shown = new Set(newest.map(keyOf));
  const ofActions = grouped(
    challenges.filter((one) => shown.has(keyOf(one))),
    keyOf,
  );
  const loose = challenges.filter((one) => !actionOf(tenant, one)).slice(-MOST_ROWS);
  const sources = {
    tenant,
    messages: grouped(messages, ({ challengeId = "" }) => challengeId),
    calls: callsOf(tenant),
    objections: objectionsOf(tenant),
  };
  return [
    ...newest.map((action) => storyOf(sources, action, ofActions.get(keyOf(action)) ?? [])),
    ...loose.map((challenge) => looseStory(sources, challenge)),
  ]
    .reverse()
    .sort((one, other) => other.createdAt.localeCompare(one.createdAt))
    .slice(0, MOST_ROWS);
}

function storyOf(sources: Sources, action: Action, challenges: readonly Challenge[]): Story {
  const { actionId, actionCode, userId, createdAt, state } = action;
  return {
    key: actionId,
    actionCode,
    userId,
    createdAt,
    action,
    challenges,
    steps: [
      { tone: "plain", words: "Tracked", note: `· ${reasonOf(action)}`, at: createdAt },
      ...withCancel(action, [
        ...challenges.flatMap((challenge) => challengeSteps(sources, challenge, state === "CHALLENGE_REQUIRED")),
        ...(sources.objections.get(keyOf(action)) ?? []),
      ]),
      stateStep(action, challenges),
      ...(sources.calls.get(actionId) ?? []),
    ],
  };
}

function looseStory(sources: Sources, challenge: Challenge): Story {
  const { challengeId, action, userId, createdAt } = challenge;
  const steps = challengeSteps(sources, challenge, true);
  return { key: challengeId, actionCode: action, userId, createdAt, action: undefined, challenges: [challenge], steps };
}

/** Why an action came out as it did. The rules of `rules.set` are named after their action and outcome. */
function reasonOf({ rules, outcome }: Action): string {
  const names = rules.map(({ name }) => name.replace(` is ${outcome}`, "")).join(", ") || "no rule fits";
  return outcome === undefined ? names : `${names} → ${outcome}`;
}

function challengeSteps({ tenant, messages, calls }: Sources, challenge: Challenge, isWaiting: boolean): Step[] {
  const { challengeId, verificationMethod, verifiedAt, claimedAt, expiresAt, isEnrollment = false } = challenge;
  const isOpen = !verifiedAt && !claimedAt;
  const end: Step[] = [];
  if (verifiedAt) end.push({ tone: "good", words: passed(verificationMethod), at: verifiedAt });
  if (!verifiedAt && claimedAt) end.push({ tone: "bad", words: "Denied", at: claimedAt });
  if (isOpen && isWaiting && tenant.isOver(expiresAt)) end.push({ tone: "bad", words: "Expired", at: expiresAt });
  const note = isEnrollment ? "to enroll it" : undefined;
  const sent = (messages.get(challengeId) ?? []).map((message): Step => {
    const { channel, to, code, url, createdAt } = message;
    const words = channel === "PUSH" ? "Push sent" : `${CHANNELS[channel]} sent to ${to}`;
    return { tone: "plain", words, note, code, url, at: createdAt };
  });
  return [
    ...(sent.length > 0 ? sent : [startStep(tenant, challenge, isOpen)]),
    ...wrongCodeSteps(challenge),
    ...(calls.get(challengeId) ?? []),
    ...end,
  ];
}

function wrongCodeSteps({ wrongCodes = 0, lastWrongCodeAt }: Challenge): Step[] {
  const note = wrongCodes > 1 ? `${wrongCodes} times` : undefined;
  return wrongCodes > 0 ? [{ tone: "wait", words: "Wrong code entered", note, at: lastWrongCodeAt }] : [];
}

/** A challenge without a message: there is none for its method, or the outbox was emptied. */
function startStep(tenant: Tenant, challenge: Challenge, isOpen: boolean): Step {
  const { verificationMethod, userId, code, otpUri, createdAt, isEnrollment = false } = challenge;
  const words = `${methodName(verificationMethod)} ${isEnrollment ? "to be enrolled" : "asked for"}`;
  if (verificationMethod !== "AUTHENTICATOR_APP" || !isOpen) {
    return { tone: "plain", words, ...(code && { code }), at: createdAt };
  }
  return { tone: "plain", words: `${words}; it shows`, code: shownCode(tenant, userId, otpUri), at: createdAt };
}

/**
 * What the authenticator app of a user shows, if there is one.
 * @param otpUri That of the app, when it is still to be enrolled.
 */
export function shownCode(tenant: Tenant, userId = "", otpUri?: string): string | undefined {
  try {
    if (otpUri !== undefined) return totpOf(otpUri)?.generate({ timestamp: tenant.clock.milliseconds });
    return tenant.totp(userId);
  } catch {
    return undefined;
  }
}

function passed(verificationMethod: string): string {
  if (verificationMethod === "EMAIL_MAGIC_LINK") return "Link opened and confirmed";
  const hasCode = ["SMS", "WHATSAPP", "EMAIL_OTP", "AUTHENTICATOR_APP", "RECOVERY_CODE"].includes(verificationMethod);
  return hasCode ? "Code entered" : "Confirmed on the device";
}

/** Puts in before what happened later that the user cancelled, if they did. */
function withCancel({ userId, cancelledAt }: Action, steps: readonly Step[]): readonly Step[] {
  if (cancelledAt === undefined) return steps;
  const later = steps.findIndex(({ at = "" }) => at > cancelledAt);
  const place = later === -1 ? steps.length : later;
  return steps.toSpliced(place, 0, { tone: "wait", words: `Cancelled by ${userId}`, at: cancelledAt });
}

/** Whether somebody was let through only because there was nothing to ask for. */
export function isLetThrough({ state, outcome }: Action): boolean {
  return state === "ALLOW" && outcome === "CHALLENGE";
}

/** Whether it was the last wrong code that made an action fail: both happened in one go. */
function isExhausted({ state, stateUpdatedAt }: Action, challenges: readonly Challenge[]): boolean {
  const isAtOnce = ({ lastWrongCodeAt = "" }: Challenge) =>
    Math.abs(Date.parse(stateUpdatedAt) - Date.parse(lastWrongCodeAt)) < SAME_MOMENT;
  const isDenied = ({ claimedAt, verifiedAt }: Challenge) => claimedAt !== undefined && verifiedAt === undefined;
  return state === "CHALLENGE_FAILED" && challenges.some(isAtOnce) && !challenges.some(isDenied);
}

/** How far apart the times of one change may be, in milliseconds. */
const SAME_MOMENT = 100;

/** Where an action stands. */
function stateStep(action: Action, challenges: readonly Challenge[]): Step {
  const { state, stateUpdatedAt: at, verificationMethod, userId } = action;
  const tone = toneOf(state);
  if (isLetThrough(action))
    return { tone, words: `Allowed, because ${userId} has nothing enrolled`, note: "(the rule said CHALLENGE)", at };
  if (state === "CHALLENGE_REQUIRED") return { tone, words: `Waits for ${userId} to confirm` };
  if (state === "REVIEW_REQUIRED") return { tone, words: "Waits for a review" };
  if (isExhausted(action, challenges)) return { tone, words: sentence(state), note: "Too many codes were tried", at };
  return { tone, words: sentence(state), note: verificationMethod && `with ${methodName(verificationMethod)}`, at };
}

function actionOf({ state }: Tenant, { userId, action, idempotencyKey }: Challenge): Action | undefined {
  return userId === undefined ? undefined : state.actions.get(userId, action, idempotencyKey);
}

/** What an action and its challenges have in common. */
function keyOf(row: Action | Challenge): string {
  return nameOf(row.userId, "actionCode" in row ? row.actionCode : row.action, row.idempotencyKey);
}

function grouped<Row>(rows: Iterable<Row>, keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
