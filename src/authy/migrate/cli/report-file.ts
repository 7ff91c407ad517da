import { accessSync, closeSync, constants, openSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { MigrationError, messageOf } from "../import/error.ts";
import type { MigratedRow } from "../import/types.ts";
import { shortId, withoutControls } from "./texts.ts";

/** Whether a person should review a row. */
export function needsReview({ outcome, notes }: MigratedRow): boolean {
  return outcome === "skipped" || outcome === "failed" || outcome === "duplicate" || notes.length > 0;
}

/** A file with the rows that need a review. The first row replaces an older report. A migration that cannot start keeps the older report. */
export class ReportFile {
  readonly #file: string;
  readonly #isCsv: boolean;
  /** The name of the column with the outcome. A dry run has another name, because it changes nothing. */
  readonly #outcomeName: "outcome" | "planned";
  #descriptor: number | undefined;

  /**
   * @param isApplied Whether the migration is applied.
   * @param others Files that the report must not overwrite.
   * @throws MigrationError when the file cannot be written.
   */
  constructor(file: string, isApplied: boolean, others: readonly string[]) {
    this.#file = file;
    this.#outcomeName = isApplied ? "outcome" : "planned";
    this.#isCsv = /\.csv$/i.test(file);
    if (others.some((other) => isSameFile(file, other))) {
      throw new MigrationError(`--report must be another file than ${file}, which it would overwrite`);
    }
    this.#explained(() => checkPlace(file));
  }

  add({ line, userId, outcome, reason, explanation, notes }: MigratedRow): void {
    const id = userId === undefined ? undefined : shortId(userId);
    const text = explanation === undefined ? undefined : withoutControls(explanation);
    const cells = [`${line}`, id, outcome, reason, text, notes.join(" ")];
    const row = { line, userId: id, [this.#outcomeName]: outcome, reason, explanation: text, notes };
    this.#write(this.#isCsv ? `${cells.map(cellOf).join(",")}\r\n` : `${JSON.stringify(row)}\n`);
  }

  /** Closes the file after all rows. Without rows, the report is created without any. */
  finish(): void {
    this.#write("");
    this.close();
  }

  /** Closes the file. Without rows, an older report stays as it is. */
  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) this.#explained(() => closeSync(descriptor));
  }

  #write(text: string): void {
    this.#explained(() => {
      this.#descriptor ??= this.#open();
      writeFileSync(this.#descriptor, text);
    });
  }

  #open(): number {
    const descriptor = openSync(this.#file, "w", 0o600);
    if (this.#isCsv) writeFileSync(descriptor, `line,user_id,${this.#outcomeName},reason,explanation,notes\r\n`);
    return descriptor;
  }

  #explained<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new MigrationError(`Cannot write the report ${this.#file}: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** Checks before the migration starts that a file can be written. @throws Error otherwise. */
function checkPlace(file: string): void {
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })) throw new Error(`there is no folder ${folder}`);
  const known = statSync(file, { throwIfNoEntry: false });
  if (known?.isDirectory()) throw new Error("it is a folder");
  accessSync(known ? file : folder, constants.W_OK);
}

/** Returns a CSV cell that spreadsheets do not take for a formula. */
function cellOf(text = ""): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function isSameFile(one: string, other: string): boolean {
  const isThere = (file: string) => statSync(file, { throwIfNoEntry: false }) !== undefined;
  return one === other || (isThere(one) && isThere(other) && realpathSync(one) === realpathSync(other));
}
