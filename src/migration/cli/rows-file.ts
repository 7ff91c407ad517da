import { closeSync, openSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { MigrationError, messageOf } from "../import/error.ts";
import type { MigratedRow } from "../import/types.ts";

/** Whether a person should look at a row. */
export function needsLook({ outcome, notes }: MigratedRow): boolean {
  return outcome === "skipped" || outcome === "failed" || outcome === "duplicate" || notes.length > 0;
}

/** A file with the rows that need a look. */
export class RowsFile {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #isCsv: boolean;

  /**
   * Makes the file anew.
   * @param others Files that it must not be.
   * @throws MigrationError when it cannot be written.
   */
  constructor(file: string, others: readonly string[]) {
    this.#file = file;
    this.#isCsv = /\.csv$/i.test(file);
    if (others.some((other) => isSameFile(file, other))) {
      throw new MigrationError(`--report must be another file than ${file}, which it would overwrite`);
    }
    this.#descriptor = this.#explained(() => openSync(file, "w", 0o600));
    if (this.#isCsv) this.#write("line,user_id,outcome,reason,explanation,notes\r\n");
  }

  add(row: MigratedRow): void {
    const { line, userId, outcome, reason, explanation, notes } = row;
    const cells = [`${line}`, userId, outcome, reason, explanation, notes.join(" ")];
    this.#write(this.#isCsv ? `${cells.map(cellOf).join(",")}\r\n` : `${JSON.stringify(row)}\n`);
  }

  close(): void {
    this.#explained(() => closeSync(this.#descriptor));
  }

  #write(text: string): void {
    this.#explained(() => writeFileSync(this.#descriptor, text));
  }

  #explained<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new MigrationError(`Cannot write the report ${this.#file}: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** A cell that no spreadsheet takes for a formula. */
function cellOf(text = ""): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function isSameFile(one: string, other: string): boolean {
  const isThere = (file: string) => statSync(file, { throwIfNoEntry: false }) !== undefined;
  return one === other || (isThere(one) && isThere(other) && realpathSync(one) === realpathSync(other));
}
