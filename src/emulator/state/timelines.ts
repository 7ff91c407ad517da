import { isDeepStrictEqual } from "node:util";
import type { Action, Challenge, Timeline, TimelineEntry } from "./rows.ts";
import type { State } from "./state.ts";

/** How many entries of a timeline are kept: the first entry, and the newest of the rest. The seed schema has the same limit. */
const MAX_ENTRIES = 100;

/** The subject of a timeline: an action, or a challenge, whose action may not exist yet. */
export type TimelineSubject = ActionKey | ChallengeKey;

type ActionKey = Pick<Action, "userId" | "actionCode" | "idempotencyKey">;
type ChallengeKey = Pick<Challenge, "userId" | "action" | "idempotencyKey" | "challengeId" | "verificationMethod">;

/** An entry to record. Its time is added, and for a challenge its id and method. */
export type NewTimelineEntry = Omit<TimelineEntry, "at">;

/** The timelines of a tenant: the events of each action, the oldest first. */
export class Timelines {
  readonly #state: State;
  readonly #now: () => string;

  /** @param now Returns the time of the tenant, in ISO 8601. */
  constructor(state: State, now: () => string) {
    this.#state = state;
    this.#now = now;
  }

  /**
   * Appends an entry to the timeline of an action. It is part of the running transaction. A token check that repeats the newest
   * entry is not recorded again: polling would push out the others. When the action or challenge was deleted meanwhile, its
   * timeline, which names contacts of the user, is deleted as well.
   */
  record(subject: TimelineSubject, entry: NewTimelineEntry): void {
    const timeline = this.#timeline(subject);
    if (!this.#exists(subject)) {
      this.#state.timeline.delete(timeline);
      return;
    }
    const { entries } = timeline;
    if (entry.kind.startsWith("token.") && isRepeated(entry, entries.at(-1))) return;
    this.#put(subject, [...entries, { at: this.#now(), ...ofChallenge(subject), ...entry }]);
  }

  /** Returns the entries of an action, the oldest first. */
  of(subject: TimelineSubject): readonly TimelineEntry[] {
    return this.#timeline(subject).entries;
  }

  /** Moves the entries of a challenge that had no user to the action for which it is claimed. */
  claim(challenge: Challenge, userId: string): void {
    const { challengeId } = challenge;
    if (challenge.userId !== undefined) return;
    const before = this.#timeline(challenge);
    const isMoved = (entry: TimelineEntry) => entry.challengeId === challengeId;
    const moved = before.entries.filter(isMoved);
    if (moved.length === 0) return;
    const kept = before.entries.filter((entry) => !isMoved(entry));
    if (kept.length > 0) this.#put(challenge, kept);
    else this.#state.timeline.delete(before);
    const owned = { ...challenge, userId };
    this.#put(owned, inOrder([...this.of(owned), ...moved]));
  }

  #timeline(subject: TimelineSubject): Timeline {
    const { userId, actionCode, idempotencyKey } = keyOf(subject);
    return (
      this.#state.timeline.get(userId, actionCode, idempotencyKey) ?? {
        userId,
        actionCode,
        idempotencyKey,
        entries: [],
      }
    );
  }

  /** Whether the challenge or the action of a subject is there, or a challenge for an action that is not there yet. */
  #exists(subject: TimelineSubject): boolean {
    const { actions, challenges } = this.#state;
    if ("challengeId" in subject && challenges.get(subject.challengeId)) return true;
    const { userId, actionCode, idempotencyKey } = keyOf(subject);
    if (actions.get(userId, actionCode, idempotencyKey)) return true;
    const all = userId === "" ? challenges : challenges.of(userId);
    return [...all].some(
      (one) => (one.userId ?? "") === userId && one.action === actionCode && one.idempotencyKey === idempotencyKey,
    );
  }

  #put(subject: TimelineSubject, entries: readonly TimelineEntry[]): void {
    const kept =
      entries.length > MAX_ENTRIES ? [...entries.slice(0, 1), ...entries.slice(1 - MAX_ENTRIES)] : [...entries];
    this.#state.timeline.put({ ...keyOf(subject), entries: kept });
  }
}

function keyOf(subject: TimelineSubject): Required<ActionKey> {
  const { userId = "", idempotencyKey } = subject;
  return { userId, actionCode: "actionCode" in subject ? subject.actionCode : subject.action, idempotencyKey };
}

function isRepeated(entry: NewTimelineEntry, newest: TimelineEntry | undefined): boolean {
  return newest !== undefined && isDeepStrictEqual({ ...entry, at: newest.at }, newest);
}

function ofChallenge(subject: TimelineSubject): Pick<TimelineEntry, "challengeId" | "verificationMethod"> {
  if (!("challengeId" in subject && "action" in subject)) return {};
  const { challengeId, verificationMethod } = subject;
  return { challengeId, verificationMethod };
}

/** Sorts entries by time. Entries of the same moment keep their order. */
function inOrder(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return entries.toSorted((one, other) => one.at.localeCompare(other.at));
}
