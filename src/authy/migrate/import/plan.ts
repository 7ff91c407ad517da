import type { Row } from "./columns.ts";
import { nodeModule } from "./node.ts";
import { type ParsedRow, parseRow, type SkippedRow } from "./parse-row.ts";
import type { MigrationNote } from "./types.ts";

const { createHash } = nodeModule("node:crypto");

/** How many lines an explanation names. */
const MOST_LINES = 5;

/** A user to migrate. */
export interface Task extends ParsedRow {
  /** Whether the number shall be enrolled. */
  readonly enrolls: boolean;
  /** Tells this task from another one for the same user. */
  readonly fingerprint: string;
}

/** A row for which another one of the same user counts. */
export interface Duplicate {
  readonly line: number;
  readonly userId: string;
  /** The line that counts. */
  readonly of: number;
}

/** What is to be done about a file. */
export interface Plan {
  /** How many rows there are. */
  readonly read: number;
  /** How many users there are to migrate. */
  readonly total: number;
  /** The users, made when they are asked for: there can be a million. */
  tasks(): Generator<Task, void, void>;
  readonly duplicates: readonly Duplicate[];
  readonly skipped: readonly SkippedRow[];
}

/** Reads all rows and decides what to do, so that nothing is begun for a file that turns out to be broken. */
export async function planOf(rows: AsyncIterable<Row>, assumeConfirmed: boolean): Promise<Plan> {
  const refusals: SkippedRow[] = [];
  const duplicates: Duplicate[] = [];
  const chosen = new Map<string, ParsedRow>();
  const others = new Map<string, ParsedRow[]>();
  let read = 0;

  for await (const row of rows) {
    read += 1;
    const candidate = parseRow(row, assumeConfirmed);
    if ("reason" in candidate) refusals.push(candidate);
    else if (!chosen.has(candidate.userId)) chosen.set(candidate.userId, candidate);
    else {
      const more = others.get(candidate.userId) ?? [];
      more.push(candidate);
      others.set(candidate.userId, more);
    }
  }

  const rowsOf = (userId: string) => [chosen.get(userId) ?? [], others.get(userId) ?? []].flat();

  /** Skips a user with all their rows. */
  function refuse(userId: string, explanation: string): void {
    for (const { line } of rowsOf(userId)) refusals.push({ line, userId, reason: "conflicting_numbers", explanation });
    chosen.delete(userId);
    others.delete(userId);
  }

  const everyRow = function* () {
    yield* chosen.values();
    for (const more of others.values()) yield* more;
  };
  for (const rows of withDifferentNumbers(everyRow)) {
    const explanation = `the Authy id has different numbers, on lines ${linesOf(rows)}: one is out of date`;
    for (const { userId } of rows) refuse(userId, explanation);
  }

  for (const userId of [...others.keys()]) {
    const all = rowsOf(userId);
    const best = bestOf(all, assumeConfirmed);
    if (best) {
      chosen.set(userId, best);
      for (const one of all) if (one !== best) duplicates.push({ line: one.line, userId, of: best.line });
    } else refuse(userId, `the user has rows with different numbers, on lines ${linesOf(all)}`);
  }

  const shared = sharedNumbers(chosen.values());
  function* tasks() {
    for (const one of chosen.values()) yield taskOf(one, assumeConfirmed, shared.has(one.phoneNumber));
  }
  return { read, total: chosen.size, tasks, duplicates, skipped: refusals };
}

/** The rows of each Authy id that has different numbers: an Authy id is one phone. */
function withDifferentNumbers(candidates: () => Iterable<ParsedRow>): Iterable<ParsedRow[]> {
  const numbers = new Map<string, string>();
  const found = new Map<string, ParsedRow[]>();
  for (const { authyId, phoneNumber } of candidates()) {
    if (authyId === undefined) continue;
    const known = numbers.get(authyId);
    if (known === undefined) numbers.set(authyId, phoneNumber);
    else if (known !== phoneNumber) found.set(authyId, []);
  }
  if (found.size === 0) return [];
  for (const one of candidates()) found.get(one.authyId ?? "")?.push(one);
  return found.values();
}

function sharedNumbers(candidates: Iterable<ParsedRow>): Set<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { phoneNumber } of candidates) {
    if (seen.has(phoneNumber)) shared.add(phoneNumber);
    seen.add(phoneNumber);
  }
  return shared;
}

/**
 * Of the rows of one user, the one that counts: a confirmed one, else the last one. Undefined when different numbers
 * would be enrolled.
 */
function bestOf(rows: readonly ParsedRow[], assumeConfirmed: boolean): ParsedRow | undefined {
  const confirmed = rows.filter(({ isConfirmed }) => isConfirmed);
  const candidates = confirmed.length > 0 ? confirmed : rows;
  const last = candidates.at(-1);
  const enrolls = confirmed.length > 0 || assumeConfirmed;
  if (enrolls && candidates.some(({ phoneNumber }) => phoneNumber !== last?.phoneNumber)) return undefined;
  return candidates.find((one) => last && dataOf(one) === dataOf(last));
}

/** The lines of some rows, of which the first few are named. */
function linesOf(rows: readonly ParsedRow[]): string {
  const lines = rows.map(({ line }) => line).sort((one, other) => one - other);
  const named = lines.slice(0, MOST_LINES);
  return named.join(", ") + (rows.length > MOST_LINES ? ` and ${rows.length - MOST_LINES} more` : "");
}

function taskOf(candidate: ParsedRow, assumeConfirmed: boolean, isShared: boolean): Task {
  const notes: MigrationNote[] = [...candidate.notes];
  if (isShared) notes.push("shared_number");
  if (assumeConfirmed && !candidate.isConfirmed) notes.push("assumed_confirmed");
  const enrolls = candidate.isConfirmed || assumeConfirmed;
  const fingerprint = createHash("sha256")
    .update(`${enrolls} ${dataOf(candidate)}`)
    .digest("base64url")
    .slice(0, 12);
  return { ...candidate, notes, enrolls, fingerprint };
}

function dataOf({ phoneNumber, isConfirmed, email, authyId, locale }: ParsedRow): string {
  return JSON.stringify([phoneNumber, isConfirmed, email, authyId, locale]);
}
