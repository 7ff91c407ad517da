import type { MigratedRow, MigrationNote, MigrationReport } from "./types.ts";

/** Counts what becomes of the rows, and passes it on. */
export class MigrationCounts {
  readonly #read: number;
  readonly #applied: boolean;
  readonly #onRow: ((row: MigratedRow) => void) | undefined;
  readonly #outcomes = new Map<MigratedRow["outcome"], number>();
  readonly #reasons = new Map<string, number>();
  readonly #notes = new Map<MigrationNote, number>();
  #earlier = 0;

  /** @param read How many rows there are. */
  constructor(read: number, applied: boolean, onRow?: (row: MigratedRow) => void) {
    this.#read = read;
    this.#applied = applied;
    this.#onRow = onRow;
  }

  /** Tells the fate of a row, which is told once. */
  add(
    { line, userId }: Pick<MigratedRow, "line" | "userId">,
    fate: Pick<MigratedRow, "outcome"> & Partial<Pick<MigratedRow, "reason" | "explanation" | "notes">>,
    isEarlier = false,
  ): void {
    const { outcome, reason, explanation, notes = [] } = fate;
    count(this.#outcomes, outcome);
    if (outcome === "skipped" && reason !== undefined) count(this.#reasons, reason);
    for (const note of notes) count(this.#notes, note);
    if (isEarlier) this.#earlier += 1;
    this.#onRow?.({ line, userId, outcome, reason, explanation, notes });
  }

  /** What was done until now; what was not told remains. */
  report(interrupted = false): MigrationReport {
    const of = (outcome: MigratedRow["outcome"]) => this.#outcomes.get(outcome) ?? 0;
    const told = [...this.#outcomes.values()].reduce((sum, one) => sum + one, 0);
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
      remaining: this.#read - told,
      earlier: this.#earlier,
      skippedBy: Object.fromEntries(this.#reasons),
      notes: Object.fromEntries(this.#notes),
    };
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
