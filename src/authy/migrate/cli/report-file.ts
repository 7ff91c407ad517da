import { accessSync, closeSync, constants, openSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { MigrationError, messageOf } from "../import/error.ts";
import type { MigratedRow } from "../import/types.ts";
import { printable, shortId } from "./texts.ts";

/** Whether a person should look at a row. */
export function needsReview({ outcome, notes }: MigratedRow): boolean {
  return outcome === "skipped" || outcome === "failed" || outcome === "duplicate" || notes.length > 0;
}

/** A file with the rows that need a look. It is made anew with the first one: what cannot begin leaves an older report. */
export class ReportFile {
  readonly #file: string;
  readonly #isCsv: boolean;
  /** What the fate of a row is called: what has not been done must not look as if it had. */
  readonly #fate: "outcome" | "planned";
  #descriptor: number | undefined;

  /**
   * @param isApplied Whether what is told of the rows is done.
   * @param others Files that it must not be.
   * @throws MigrationError when it cannot be written.
   */
  constructor(file: string, isApplied: boolean, others: readonly string[]) {
    this.#file = file;
    this.#fate = isApplied ? "outcome" : "planned";
    this.#isCsv = /\.csv$/i.test(file);
    if (others.some((other) => isSameFile(file, other))) {
      throw new MigrationError(`--report must be another file than ${file}, which it would overwrite`);
    }
    this.#explained(() => checkPlace(file));
  }

  add({ line, userId, outcome, reason, explanation, notes }: MigratedRow): void {
    const id = userId === undefined ? undefined : shortId(userId);
    const words = explanation === undefined ? undefined : printable(explanation);
    const cells = [`${line}`, id, outcome, reason, words, notes.join(" ")];
    const row = { line, userId: id, [this.#fate]: outcome, reason, explanation: words, notes };
    this.#write(this.#isCsv ? `${cells.map(cellOf).join(",")}\r\n` : `${JSON.stringify(row)}\n`);
  }

  /** Ends it when everything was told: without any rows, it has none. */
  finish(): void {
    this.#write("");
    this.close();
  }

  /** Ends it, and leaves an older report when nothing was told. */
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
    if (this.#isCsv) writeFileSync(descriptor, `line,user_id,${this.#fate},reason,explanation,notes\r\n`);
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

/** @throws when a file cannot be written, which is better known before anything is done. */
function checkPlace(file: string): void {
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })) throw new Error(`there is no folder ${folder}`);
  const known = statSync(file, { throwIfNoEntry: false });
  if (known?.isDirectory()) throw new Error("it is a folder");
  accessSync(known ? file : folder, constants.W_OK);
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
