import type { MigratedRow, MigrationNote, MigrationReport } from "./types.ts";

/** Counts the outcomes of the rows, and passes each on to `onRow`. */
export class MigrationCounts {
  readonly #read: number;
  readonly #applied: boolean;
  readonly #onRow: ((row: MigratedRow) => void) | undefined;
  readonly #outcomes = new Map<MigratedRow["outcome"], number>();
  readonly #reasons = new Map<string, number>();
  readonly #notes = new Map<MigrationNote, number>();
  #earlier = 0;

  /** @param read The number of rows in the file. */
  constructor(read: number, applied: boolean, onRow?: (row: MigratedRow) => void) {
    this.#read = read;
    this.#applied = applied;
    this.#onRow = onRow;
  }

  /** Adds the outcome of a row. Call it once for each row. */
  add(
    { line, userId }: Pick<MigratedRow, "line" | "userId">,
    result: Pick<MigratedRow, "outcome"> & Partial<Pick<MigratedRow, "reason" | "explanation" | "notes">>,
    isEarlier = false,
  ): void {
    const { outcome, reason, explanation, notes = [] } = result;
    increment(this.#outcomes, outcome);
    if (outcome === "skipped" && reason !== undefined) increment(this.#reasons, reason);
    for (const note of notes) increment(this.#notes, note);
    if (isEarlier) this.#earlier += 1;
    this.#onRow?.({ line, userId, outcome, reason, explanation, notes });
  }

  /** Returns the counts until now. Rows that were not added remain. */
  report(interrupted = false): MigrationReport {
    const of = (outcome: MigratedRow["outcome"]) => this.#outcomes.get(outcome) ?? 0;
    const added = [...this.#outcomes.values()].reduce((sum, count) => sum + count, 0);
    return {
      applied: this.#applied,
      interrupted,
      read: this.#read,
      enrolled: of("enrolled"),
      alreadyEnrolled: of("alreadyEnrolled"),
      unverified: of("unverified"),
      duplicates: of("duplicate"),
      skipped: of("skipped"),
      failed: of("failed"),
      remaining: this.#read - added,
      earlier: this.#earlier,
      skippedBy: Object.fromEntries(this.#reasons),
      notes: Object.fromEntries(this.#notes),
    };
  }
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
