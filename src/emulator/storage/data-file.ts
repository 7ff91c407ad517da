import { hostname } from "node:os";
import { bodies } from "../../../generated/emulator-validators.js";
import { AppendLog } from "../../files/append-log.ts";
import { canonicalPath } from "../../files/file-system.ts";
import { acquireLock, LockedError } from "../../files/lock.ts";
import { fieldOf } from "../../platform/fields.ts";
import { describeProblems } from "../http/validation.ts";
import type { Seed } from "../state/rows.ts";
import type { Change } from "../state/table.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { formatTransaction, HEADER, replayTransactions, type Tables } from "./transaction-log.ts";

/** The parts of a tenant that are one value. All others are tables. */
const VALUES = ["clock", "rules", "outcomes", "configurations", "webhooks", "signingKey"];

/** What a data file held when it was opened, and the lines of its next version as the tenants write them. */
interface Restoration {
  readonly stored: Map<string, Tables>;
  readonly lines: string[];
}

/**
 * Opens the file that keeps the state of an emulator, and locks it for this process. A missing file is created by `restore`.
 * @throws Error that names the file and what is wrong with it. The file is left as it is then.
 */
export function openDataFile(file: string): DataFile {
  return new DataFile(file);
}

/** A file that keeps every transaction of every tenant as soon as it was committed. */
export class DataFile {
  readonly #file: string;
  readonly #release: () => void;
  /** Undefined once the file is restored or closed. */
  #restoration: Restoration | undefined;
  /** Undefined until the file is restored. */
  #log: AppendLog | undefined;

  /** @throws Error as `openDataFile` does. */
  constructor(file: string) {
    this.#file = named(file, () => canonicalPath(file));
    this.#release = named(this.#file, () => lock(this.#file));
    try {
      this.#restoration = named(this.#file, () => ({ stored: replayTransactions(this.#file), lines: [] }));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Fills the tenants with the stored state, and replaces the file by a compact one. The tenants must commit to `write`.
   * It is called once, before anything else is written.
   * @returns Whether the file held the default tenant.
   * @throws Error that names the file, the tenant and what is wrong. The file is left as it is, and closed.
   */
  restore(tenants: Tenants): boolean {
    const restoration = this.#restoration;
    if (!restoration) throw new Error(`${this.#file} is closed or has been restored before`);
    const { stored, lines } = restoration;
    try {
      for (const [apiSecretKey, tables] of stored) this.#import(tenants, apiSecretKey, tables);
      if (lines.length !== stored.size) throw new Error(`The tenants do not write what they do to ${this.#file}`);
      this.#log = named(this.#file, () => AppendLog.replace(this.#file, [HEADER, ...lines]));
    } catch (error) {
      this.close();
      throw error;
    }
    this.#restoration = undefined;
    return stored.has(tenants.default.apiSecretKey);
  }

  /**
   * Appends a transaction. When it returns, the transaction outlives the process.
   * @throws Error when the transaction could not be written. The file does not hold it then.
   */
  write(apiSecretKey: string, changes: readonly Change[]): void {
    const line = formatTransaction(apiSecretKey, changes);
    if (this.#restoration) this.#restoration.lines.push(line);
    else named(this.#file, () => this.#append(line));
  }

  /** Closes the file, so that another process may open it. */
  close(): void {
    this.#restoration = undefined;
    this.#log?.close();
    this.#release();
  }

  #append(line: string): void {
    if (!this.#log) throw new Error("it is not open");
    this.#log.append(line);
  }

  #import(tenants: Tenants, apiSecretKey: string, tables: Tables): void {
    const tenant = tenants.find(apiSecretKey);
    if (!tenant) throw new Error(`${this.#file} holds a tenant whose key is not one of the emulator's`);
    try {
      tenant.import(seedOf(tables));
    } catch (error) {
      const problem = `${this.#file} holds what tenant ${tenant.tenantId} cannot`;
      throw new Error(`${problem}: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** @throws Error that names the parts that the spec of a seed does not allow. */
function seedOf(tables: Tables): Seed {
  const seed: unknown = Object.fromEntries(
    [...tables].map(([name, rows]) => [name, VALUES.includes(name) ? rows.get("") : [...rows.values()]]),
  );
  const isSeed = bodies.importState;
  if (isSeed(seed)) return seed;
  throw new Error(describeProblems(isSeed.errors?.slice(0, 3) ?? [], undefined));
}

function lock(file: string): () => void {
  try {
    // An emulator that was killed with its container must be able to start again in the next one.
    return acquireLock(file, { isForeignPidTrusted: true });
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    const { owner, lockFile } = error;
    const process = owner ? `process ${owner.pid}` : "another process";
    const host = owner && owner.host !== "" && owner.host !== hostname() ? ` on ${owner.host}` : "";
    throw new Error(`${process}${host} has it open. End that one or, if it is no emulator, delete ${lockFile}`);
  }
}

/** Does some work with a file. Errors get a message that names the file. */
function named<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`Cannot keep data in ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** Returns the message of an error. Errors of the file system are of another realm under Jest. */
function messageOf(error: unknown): string {
  return String(fieldOf(error, "message") ?? error);
}
