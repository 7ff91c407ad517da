import type { Authsignal } from "../../../authsignal/authsignal.ts";
import { AppendLog } from "../../../files/append-log.ts";
import { canonicalPath } from "../../../files/file-system.ts";
import { acquireLock, LockedError } from "../../../files/lock.ts";
import { readLogLines } from "../../../files/log-lines.ts";
import { parseJson } from "../../../files/parse-json.ts";
import { fieldOf } from "../../../platform/fields.ts";
import { MigrationError, messageOf } from "./error.ts";
import type { Task } from "./plan.ts";
import type { MigrationNote } from "./types.ts";

/** The final outcomes of a user. A later run does nothing for a user who has one. `unverified`: only the number was stored. */
const FINAL_OUTCOMES = ["enrolled", "alreadyEnrolled", "unverified"] as const;
export type FinalOutcome = (typeof FINAL_OUTCOMES)[number];

/** The result of an earlier run for a user. */
export interface LogEntry {
  /** The fingerprint (a hash, see plan.ts) of the row from which the run migrated the user. A changed row has another one. */
  readonly fingerprint: string;
  /** When the enrollment was sent last, in ms since 1970. */
  readonly sentAt: number | undefined;
  /** Undefined when the run ended before the user was finished. */
  readonly outcome: FinalOutcome | undefined;
  readonly notes: readonly MigrationNote[];
}

/** The tenant of an import. */
interface Target {
  readonly apiUrl: string;
  /** The start of a signature of a fixed text. It differs between secret keys, and no key can be computed from it. */
  readonly keySignature: string;
}

/** A line after the header, in JSON. The short names keep the file of a million users small. */
interface Line {
  /** The user id. */
  readonly user: string;
  /** The fingerprint of the row. */
  readonly row: string;
  /** When the enrollment was sent, in ms since 1970. */
  readonly sent?: number;
  /** The outcome, when the user is finished. */
  readonly end?: FinalOutcome;
  readonly notes?: readonly MigrationNote[];
}

/** The first two fields of the header. They tell a log from other files. Users know the log as the journal. */
const NAME = "authsignal-migrate-authy";
const VERSION = 1;

/**
 * The log of an import (the option `journal`), with which a later run continues a stopped or killed one: a header that names the
 * tenant, then one line before an enrollment is sent and one when a user is finished. It holds user ids, and no secret, phone
 * number or address.
 */
export class MigrationLog {
  readonly #file: string;
  readonly #release: () => void;
  readonly #log: AppendLog;
  readonly #entries = new Map<string, LogEntry>();

  /**
   * Opens and locks a log. A missing file is created. A last line that is incomplete or damaged is cut off, because a crash may
   * have interrupted its writing.
   * @throws MigrationError when the file cannot be used. The file is not changed then.
   */
  constructor(file: string, authsignal: Authsignal) {
    this.#file = wrapErrors(file, () => canonicalPath(file));
    this.#release = wrapErrors(file, () => lock(this.#file));
    try {
      this.#log = wrapErrors(file, () => this.#open(targetOf(authsignal)));
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** Returns the result of an earlier run for a user; undefined if there is none. */
  entry(userId: string): LogEntry | undefined {
    return this.#entries.get(userId);
  }

  /** Records that an enrollment will be sent next. @throws MigrationError when that failed: do not send the enrollment. */
  recordSending({ userId, fingerprint }: Task, sentAt: number): void {
    this.#append({ user: userId, row: fingerprint, sent: sentAt });
  }

  /** Records that a user is finished. @throws MigrationError when that failed. */
  recordOutcome({ userId, fingerprint }: Task, outcome: FinalOutcome, notes: readonly MigrationNote[]): void {
    this.#append({ user: userId, row: fingerprint, end: outcome, ...(notes.length > 0 && { notes }) });
  }

  /** Closes the log, so that another run may open it. */
  close(): void {
    try {
      wrapErrors(this.#file, () => this.#log.sync());
    } finally {
      this.#log.close();
      this.#release();
    }
  }

  #append(line: Line): void {
    wrapErrors(this.#file, () => this.#log.append(JSON.stringify(line)));
  }

  #open(target: Target): AppendLog {
    const { size, isReplaceable } = this.#replay(target);
    if (isReplaceable) return AppendLog.replace(this.#file, [headerFor(target)]);
    return AppendLog.open(this.#file, size);
  }

  /**
   * Reads the entries of the file.
   * @returns How many bytes to keep, and whether the file may be replaced by a new log: it is missing or empty, or belongs to
   * another tenant and has no entry. A run with a wrong key or URL leaves such a file.
   * @throws MigrationError when the file is not a log, belongs to another tenant, or is damaged before its last line.
   */
  #replay(target: Target): { readonly size: number; readonly isReplaceable: boolean } {
    let size = 0;
    let count = 0;
    let damagedLine: number | undefined;
    let mismatch: string | undefined;
    for (const { text, isWhole, end } of readLogLines(this.#file)) {
      count += 1;
      if (count === 1) {
        // The header is written before the file gets its name, so a file with an incomplete first line is not a log.
        const header = isWhole ? parsed(text) : undefined;
        checkFormat(header, this.#file);
        // Reported only if an entry follows: a log without entries is replaced.
        mismatch = mismatchWith(target, header, this.#file);
        size = end;
        continue;
      }
      if (!isWhole) break;
      if (mismatch !== undefined) throw new MigrationError(mismatch);
      // Only a further line shows that the damaged line is not the last one.
      if (damagedLine !== undefined) throw damagedAt(this.#file, damagedLine);
      if (this.#addEntry(parsed(text))) size = end;
      else damagedLine = count;
    }
    return { size, isReplaceable: count === 0 || mismatch !== undefined };
  }

  /** Adds the entry of a parsed line. @returns Whether the line is valid. */
  #addEntry(line: unknown): boolean {
    const [userId, fingerprint, sent] = [fieldOf(line, "user"), fieldOf(line, "row"), fieldOf(line, "sent")];
    const notes = fieldOf(line, "notes") ?? [];
    if (typeof userId !== "string" || typeof fingerprint !== "string" || !Array.isArray(notes)) return false;
    const outcome = FINAL_OUTCOMES.find((one) => one === fieldOf(line, "end"));
    if (outcome === undefined && typeof sent !== "number") return false;
    const sentAt = typeof sent === "number" ? sent : this.#entries.get(userId)?.sentAt;
    this.#entries.set(userId, { fingerprint, sentAt, outcome, notes });
    return true;
  }
}

function targetOf({ apiUrl, webhook }: Authsignal): Target {
  // A signature is the only value that depends on the key and that the client gives. 16 characters of it tell two keys apart.
  const signature = webhook.sign(NAME, 0).replace(/^.*v2=/, "");
  return { apiUrl, keySignature: signature.slice(0, 16) };
}

/** Returns the first line of a log. */
function headerFor({ apiUrl, keySignature }: Target): string {
  return JSON.stringify({ journal: NAME, version: VERSION, apiUrl, key: keySignature });
}

/** @throws MigrationError when a header is not that of a log which this version can read. */
function checkFormat(header: unknown, file: string): void {
  if (fieldOf(header, "journal") !== NAME) {
    throw new MigrationError(`${file} is no journal of a migration. Name another file`);
  }
  if (fieldOf(header, "version") !== VERSION) {
    throw new MigrationError(`The journal ${file} is of another version of this package. Finish with that one`);
  }
}

/** Returns an error message when a log belongs to another tenant; undefined when it belongs to the tenant of this run. */
function mismatchWith({ apiUrl, keySignature }: Target, header: unknown, file: string): string | undefined {
  const otherUrl = fieldOf(header, "apiUrl");
  if (otherUrl !== apiUrl) {
    return `The journal ${file} is of a migration to ${otherUrl}, and this one goes to ${apiUrl}. Name another journal`;
  }
  if (fieldOf(header, "key") === keySignature) return undefined;
  return `The journal ${file} is of a migration with another secret key. Name another journal; if the tenant is the same and has a new key, delete this one: users who are enrolled are not enrolled again`;
}

function damagedAt(file: string, line: number): MigrationError {
  return new MigrationError(
    `Line ${line} of the journal ${file} is damaged. Delete the journal and start again: users who are enrolled are not enrolled again`,
  );
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : parseJson(text);
}

/** Locks a log. @returns The function that releases the lock. */
function lock(file: string): () => void {
  try {
    return acquireLock(file);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    const { owner, lockFile } = error;
    const process = owner ? `Process ${owner.pid}${owner.host && ` on ${owner.host}`}` : "Another process";
    throw new MigrationError(
      `${process} is at work with the journal ${file}. Let it finish; if it is no migration or has ended, delete ${lockFile}`,
    );
  }
}

/** Runs work on the log (opens, locks, writes). An error becomes a MigrationError that names the file and the reason. */
function wrapErrors<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof MigrationError) throw error;
    throw new MigrationError(`Cannot keep the journal ${file}: ${messageOf(error)}`, { cause: error });
  }
}
