import type { Authsignal } from "../../../authsignal/authsignal.ts";
import { MigrationError, messageOf } from "./error.ts";
import { lock } from "./lock.ts";
import { Appender, linesIn, makeWith, openWith } from "./log-file.ts";
import { nodeModule } from "./node.ts";
import type { Task } from "./plan.ts";
import type { MigrationNote } from "./types.ts";

const { closeSync, realpathSync, statSync } = nodeModule("node:fs");
const { basename, dirname, join } = nodeModule("node:path");

/** How a user can be finished for good. */
const ENDS = ["enrolled", "alreadyEnrolled", "unverified"] as const;
export type End = (typeof ENDS)[number];

/** What an earlier run has done about a user. */
export interface Entry {
  readonly fingerprint: string;
  /** When the enrollment was sent last, in ms since 1970. */
  readonly sentAt: number | undefined;
  /** How the user was finished; undefined when they were not. */
  readonly end: End | undefined;
  readonly notes: readonly MigrationNote[];
}

const NAME = "authsignal-migrate-authy";
const VERSION = 1;

/**
 * The file that remembers who was done: a first line that tells where the users go, then one line before an enrollment is
 * sent and one when a user is finished. It holds user ids, no secret, no number and no address.
 */
export class Journal {
  readonly #file: string;
  readonly #release: () => void;
  readonly #appender: Appender;
  readonly #entries = new Map<string, Entry>();

  /**
   * Takes a file for this run alone. It is made when missing; a last line that was not finished counts for nothing.
   * @throws MigrationError when it cannot be used. It is left as it is then.
   */
  constructor(file: string, authsignal: Authsignal) {
    this.#file = this.#explained(file, () => pathOf(file));
    this.#release = this.#explained(file, () => lock(this.#file));
    try {
      this.#appender = this.#explained(file, () => this.#open(headerOf(authsignal)));
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  #open(header: Header): Appender {
    const firstLine = `${JSON.stringify(header)}\n`;
    const descriptor = openWith(this.#file, firstLine);
    try {
      const end = this.#replay(descriptor, header);
      if (end !== undefined) return new Appender(descriptor, end);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    closeSync(descriptor);
    makeWith(this.#file, firstLine);
    return new Appender(openWith(this.#file, firstLine), Buffer.byteLength(firstLine));
  }

  /** What an earlier run has done about a user, if anything. */
  entry(userId: string): Entry | undefined {
    return this.#entries.get(userId);
  }

  /** Notes that an enrollment is about to be sent. @throws MigrationError when that cannot be noted: do not send it. */
  send({ userId, fingerprint }: Task, sentAt: number): void {
    this.#append({ user: userId, row: fingerprint, sent: sentAt });
  }

  /** Notes that a user is finished. @throws MigrationError when that cannot be noted. */
  finish({ userId, fingerprint }: Task, end: End, notes: readonly MigrationNote[]): void {
    this.#append({ user: userId, row: fingerprint, end, ...(notes.length > 0 && { notes }) });
  }

  /** Gives the file free. */
  close(): void {
    try {
      this.#explained(this.#file, () => this.#appender.close());
    } finally {
      this.#release();
    }
  }

  #append(line: object): void {
    this.#explained(this.#file, () => this.#appender.append(`${JSON.stringify(line)}\n`));
  }

  /**
   * Reads what there is.
   * @returns Where the last whole line ends; undefined when it is of another migration that has done nothing, as with a
   * wrong key or address.
   */
  #replay(descriptor: number, header: Header): number | undefined {
    let end = 0;
    let count = 0;
    let damaged: number | undefined;
    let problem: string | undefined;
    for (const { text, end: next } of linesIn(descriptor)) {
      count += 1;
      if (count === 1) problem = problemOf(parsed(text), header, this.#file);
      else if (problem !== undefined) throw new MigrationError(problem);
      else if (damaged !== undefined) throw damagedAt(this.#file, damaged);
      else if (!this.#take(parsed(text))) damaged = count;
      if (damaged === undefined) end = next;
    }
    if (count === 0) throw notOurs(this.#file);
    return problem === undefined ? end : undefined;
  }

  /** @returns Whether the line is one of ours. */
  #take(line: unknown): boolean {
    const { user, row, sent, end, notes = [] } = Object(line);
    if (typeof user !== "string" || typeof row !== "string" || !Array.isArray(notes)) return false;
    const known = ENDS.find((one) => one === end);
    if (known === undefined && typeof sent !== "number") return false;
    const sentAt = typeof sent === "number" ? sent : this.#entries.get(user)?.sentAt;
    this.#entries.set(user, { fingerprint: row, sentAt, end: known, notes });
    return true;
  }

  #explained<T>(file: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof MigrationError) throw error;
      throw new MigrationError(`Cannot keep the journal ${file}: ${messageOf(error)}`, { cause: error });
    }
  }
}

interface Header {
  journal: string;
  version: number;
  apiUrl: string;
  /** Tells one secret key from another, and is no way back to it. */
  key: string;
}

function headerOf({ apiUrl, webhook }: Authsignal): Header {
  const key = webhook
    .sign(NAME, 0)
    .replace(/^.*v2=/, "")
    .slice(0, 16);
  return { journal: NAME, version: VERSION, apiUrl, key };
}

/**
 * Says where else the users of a journal go.
 * @throws MigrationError when it is no journal that can be read.
 */
function problemOf(found: unknown, header: Header, file: string): string | undefined {
  const { journal, version, apiUrl, key } = Object(found);
  if (journal !== NAME) throw notOurs(file);
  if (version !== VERSION) {
    throw new MigrationError(`The journal ${file} is of another version of this package. Finish with that one`);
  }
  if (apiUrl !== header.apiUrl) {
    return `The journal ${file} is of a migration to ${apiUrl}, and this one goes to ${header.apiUrl}. Name another journal`;
  }
  if (key === header.key) return undefined;
  return `The journal ${file} is of a migration with another secret key. Name another journal; if the tenant is the same and has a new key, delete this one: whoever is enrolled is not enrolled again`;
}

function notOurs(file: string): MigrationError {
  return new MigrationError(`${file} is no journal of a migration. Name another file`);
}

function damagedAt(file: string, line: number): MigrationError {
  return new MigrationError(
    `Line ${line} of the journal ${file} is damaged. Delete the journal and start again: whoever is enrolled is not enrolled again`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The one path of a file, whatever links lead to it. */
function pathOf(file: string): string {
  if (statSync(file, { throwIfNoEntry: false })) return realpathSync(file);
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })) throw new Error(`there is no folder ${folder}`);
  return join(realpathSync(folder), basename(file));
}
