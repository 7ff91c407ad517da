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

  /** Appends an entry to the timeline of an action. It is part of the running transaction. */
  record(subject: TimelineSubject, entry: NewTimelineEntry): void {
    const { entries } = this.#timeline(subject);
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

function ofChallenge(subject: TimelineSubject): Pick<TimelineEntry, "challengeId" | "verificationMethod"> {
  if (!("challengeId" in subject && "action" in subject)) return {};
  const { challengeId, verificationMethod } = subject;
  return { challengeId, verificationMethod };
}

/** Sorts entries by time. Entries of the same moment keep their order. */
function inOrder(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return entries.toSorted((one, other) => one.at.localeCompare(other.at));
}
