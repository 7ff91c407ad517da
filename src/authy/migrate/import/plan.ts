import type { Row } from "./columns.ts";
import { nodeModule } from "./node.ts";
import { type ParsedRow, parseRow, type SkippedRow } from "./parse-row.ts";
import type { MigrationNote } from "./types.ts";

const { createHash } = nodeModule("node:crypto");

/** How many lines an explanation names at most. */
const MOST_LINES = 5;

/** A user to migrate. */
export interface Task extends ParsedRow {
  /** Whether to enroll the number. */
  readonly enrolls: boolean;
  /** A hash of the data of the row. A row with changed data is migrated again. */
  readonly fingerprint: string;
}

/** A row that is replaced by another row of the same user. */
export interface Duplicate {
  readonly line: number;
  readonly userId: string;
  /** The line of the row that replaces it. */
  readonly of: number;
}

/** What to do with the rows of a file. */
export interface Plan {
  /** The number of rows. */
  readonly read: number;
  /** The number of users to migrate. */
  readonly total: number;
  /** Yields the users to migrate. A list of a million tasks would need too much memory. */
  tasks(): Generator<Task, void, void>;
  readonly duplicates: readonly Duplicate[];
  readonly skipped: readonly SkippedRow[];
}

/** Reads all rows and decides what to do. A file that is damaged at its end is found before anything is sent. */
export async function planOf(rows: AsyncIterable<Row>, assumeConfirmed: boolean): Promise<Plan> {
  const skipped: SkippedRow[] = [];
  const duplicates: Duplicate[] = [];
  const chosen = new Map<string, ParsedRow>();
  const others = new Map<string, ParsedRow[]>();
  let read = 0;

  for await (const row of rows) {
    read += 1;
    const candidate = parseRow(row, assumeConfirmed);
    if ("reason" in candidate) skipped.push(candidate);
    else if (!chosen.has(candidate.userId)) chosen.set(candidate.userId, candidate);
    else {
      const more = others.get(candidate.userId) ?? [];
      more.push(candidate);
      others.set(candidate.userId, more);
    }
  }

  const rowsOf = (userId: string) => [chosen.get(userId) ?? [], others.get(userId) ?? []].flat();

  /** Skips a user with all their rows. */
  function skip(userId: string, explanation: string): void {
    for (const { line } of rowsOf(userId)) skipped.push({ line, userId, reason: "conflicting_numbers", explanation });
    chosen.delete(userId);
    others.delete(userId);
  }

  const everyRow = function* () {
    yield* chosen.values();
    for (const more of others.values()) yield* more;
  };
  for (const rows of withDifferentNumbers(everyRow)) {
    const explanation = `the Authy id has different numbers, on lines ${linesOf(rows)}: one is out of date`;
    for (const { userId } of rows) skip(userId, explanation);
  }

  for (const userId of [...others.keys()]) {
    const all = rowsOf(userId);
    const best = bestOf(all, assumeConfirmed);
    if (best) {
      chosen.set(userId, best);
      for (const one of all) if (one !== best) duplicates.push({ line: one.line, userId, of: best.line });
    } else skip(userId, `the user has rows with different numbers, on lines ${linesOf(all)}`);
  }

  const shared = sharedNumbers(chosen.values());
  function* tasks() {
    for (const one of chosen.values()) yield taskOf(one, assumeConfirmed, shared.has(one.phoneNumber));
  }
  return { read, total: chosen.size, tasks, duplicates, skipped };
}

/** Returns the rows of each Authy id with different numbers. An Authy id has one number, so the file is wrong there. */
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
 * Returns the row from which a user is migrated: the last confirmed row, else the last row. Of equal rows, the first is taken.
 * Undefined when the rows would enroll different numbers.
 */
function bestOf(rows: readonly ParsedRow[], assumeConfirmed: boolean): ParsedRow | undefined {
  const confirmed = rows.filter(({ isConfirmed }) => isConfirmed);
  const candidates = confirmed.length > 0 ? confirmed : rows;
  const last = candidates.at(-1);
  const enrolls = confirmed.length > 0 || assumeConfirmed;
  if (enrolls && candidates.some(({ phoneNumber }) => phoneNumber !== last?.phoneNumber)) return undefined;
  return candidates.find((one) => last && dataOf(one) === dataOf(last));
}

/** Formats the lines of rows. Only the first few are named. */
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
