import type { Authsignal } from "../../../authsignal/authsignal.ts";
import { AppendLog } from "../../../files/append-log.ts";
import { canonicalPath } from "../../../files/file-system.ts";
import { acquireLock, LockedError } from "../../../files/lock.ts";
import { readLogLines } from "../../../files/log-lines.ts";
import { fieldOf } from "../../../platform/fields.ts";
import { MigrationError, messageOf } from "./error.ts";
import { parseJson } from "./json-lines.ts";
import type { Task } from "./plan.ts";
import type { MigrationNote } from "./types.ts";

/** The final outcomes of a user. A later run does nothing for a user who has one. */
const FINAL_OUTCOMES = ["enrolled", "alreadyEnrolled", "unverified"] as const;
export type FinalOutcome = (typeof FINAL_OUTCOMES)[number];

/** What an earlier run has done for a user. */
export interface LogEntry {
  /** The fingerprint of the row that the run had for the user. */
  readonly fingerprint: string;
  /** When the enrollment was sent last, in ms since 1970. */
  readonly sentAt: number | undefined;
  /** Undefined when the user was not finished. */
  readonly outcome: FinalOutcome | undefined;
  readonly notes: readonly MigrationNote[];
}

/** The first line of a log. */
interface Header {
  readonly journal: string;
  readonly version: number;
  readonly apiUrl: string;
  /** Tells one secret key from another. The key cannot be computed from it. */
  readonly key: string;
}

const NAME = "authsignal-migrate-authy";
const VERSION = 1;

/**
 * The log of an import, for which a stopped or killed run can be continued: a header that names the tenant, then one line
 * before an enrollment is sent and one when a user is finished. It holds user ids, and no secret, phone number or address.
 */
export class MigrationLog {
  readonly #file: string;
  readonly #release: () => void;
  readonly #log: AppendLog;
  readonly #entries = new Map<string, LogEntry>();

  /**
   * Opens and locks a log. A missing one is created; a last line that is not whole is cut off.
   * @throws MigrationError when the file cannot be used. It is left as it is then.
   */
  constructor(file: string, authsignal: Authsignal) {
    this.#file = wrapErrors(file, () => canonicalPath(file));
    this.#release = wrapErrors(file, () => lock(this.#file));
    try {
      this.#log = wrapErrors(file, () => this.#open(headerOf(authsignal)));
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** Returns what an earlier run has done for a user, if anything. */
  entry(userId: string): LogEntry | undefined {
    return this.#entries.get(userId);
  }

  /** Records that an enrollment is about to be sent. @throws MigrationError when that failed: do not send it. */
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

  #append(line: object): void {
    wrapErrors(this.#file, () => this.#log.append(JSON.stringify(line)));
  }

  #open(header: Header): AppendLog {
    const { size, isReplaceable } = this.#replay(header);
    if (isReplaceable) return AppendLog.replace(this.#file, [JSON.stringify(header)]);
    return AppendLog.open(this.#file, size);
  }

  /**
   * Reads the entries of the file.
   * @returns How many bytes are whole lines, and whether the file may be replaced by a new log: it is missing or empty, or
   * belongs to another tenant and has no entry. A run with a wrong key or address leaves such a file.
   * @throws MigrationError when the file is something else, or damaged.
   */
  #replay(header: Header): { readonly size: number; readonly isReplaceable: boolean } {
    let size = 0;
    let count = 0;
    let damagedLine: number | undefined;
    let otherTenant: MigrationError | undefined;
    for (const { text, isWhole, end } of readLogLines(this.#file)) {
      count += 1;
      if (count === 1) {
        otherTenant = checkHeader(isWhole ? parsed(text) : undefined, header, this.#file);
        size = end;
        continue;
      }
      if (!isWhole) break;
      if (otherTenant) throw otherTenant;
      if (damagedLine !== undefined) throw damagedAt(this.#file, damagedLine);
      if (this.#addEntry(parsed(text))) size = end;
      else damagedLine = count;
    }
    return { size, isReplaceable: count === 0 || otherTenant !== undefined };
  }

  /** @returns Whether the line is an entry. */
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

function headerOf({ apiUrl, webhook }: Authsignal): Header {
  // A signature of a fixed text: the client gives no other access to a value that depends on its key.
  const key = webhook
    .sign(NAME, 0)
    .replace(/^.*v2=/, "")
    .slice(0, 16);
  return { journal: NAME, version: VERSION, apiUrl, key };
}

/**
 * Compares the header of a file with that of this run.
 * @returns The error to throw if the file has entries; undefined when it belongs to the same tenant.
 * @throws MigrationError when the file is no log that can be read.
 */
function checkHeader(found: unknown, header: Header, file: string): MigrationError | undefined {
  const apiUrl = fieldOf(found, "apiUrl");
  if (fieldOf(found, "journal") !== NAME) {
    throw new MigrationError(`${file} is no journal of a migration. Name another file`);
  }
  if (fieldOf(found, "version") !== VERSION) {
    throw new MigrationError(`The journal ${file} is of another version of this package. Finish with that one`);
  }
  if (apiUrl !== header.apiUrl) {
    return new MigrationError(
      `The journal ${file} is of a migration to ${apiUrl}, and this one goes to ${header.apiUrl}. Name another journal`,
    );
  }
  if (fieldOf(found, "key") === header.key) return undefined;
  return new MigrationError(
    `The journal ${file} is of a migration with another secret key. Name another journal; if the tenant is the same and has a new key, delete this one: users who are enrolled are not enrolled again`,
  );
}

function damagedAt(file: string, line: number): MigrationError {
  return new MigrationError(
    `Line ${line} of the journal ${file} is damaged. Delete the journal and start again: users who are enrolled are not enrolled again`,
  );
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : parseJson(text);
}

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

/** Does some work with a file. Errors become a MigrationError that names the file. */
function wrapErrors<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof MigrationError) throw error;
    throw new MigrationError(`Cannot keep the journal ${file}: ${messageOf(error)}`, { cause: error });
  }
}
