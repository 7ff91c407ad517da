import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { bodies } from "../../../generated/emulator-validators.js";
import { describeProblems } from "../http/validation.ts";
import type { Seed } from "../state/rows.ts";
import type { Change } from "../state/table.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { explained, lock, messageOf } from "./lock.ts";
import { HEADER, lineOf, replay, type Tables } from "./replay.ts";

/** What of a tenant there is only one of. Everything else is a table. */
const VALUES = ["clock", "rules", "outcomes", "configurations", "webhooks", "signingKey"];

/**
 * Opens a file that keeps everything, for this process alone. It is made when missing.
 * @throws Error that names the file and says what is wrong, when it cannot be used. It is left as it is then.
 */
export function openJournal(file: string): Journal {
  return new Journal(file);
}

/** A file that keeps every transaction of every tenant as soon as it has happened. */
export class Journal {
  readonly #file: string;
  readonly #release: () => void;
  /** What the file held, until it is restored. */
  #stored: Map<string, Tables> | undefined;
  /** The lines of the next version of the file, while it is being restored. */
  #lines: string[] | undefined;
  #descriptor: number | undefined;
  #size = 0;
  #isTorn = false;

  /** @throws Error as `openJournal` does. */
  constructor(file: string) {
    this.#file = pathOf(file);
    this.#release = lock(this.#file);
    try {
      this.#stored = explained(this.#file, () => replay(this.#file));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Fills the tenants, whose transactions must come to `write`, with what the file holds, and tidies the file up. It is
   * done once, and before anything else is written.
   * @returns Whether the file knew the default tenant.
   * @throws Error that names the file, the tenant and what is wrong; the file is left as it is and closed then.
   */
  restore(tenants: Tenants): boolean {
    const stored = this.#stored;
    if (!stored) throw new Error(`${this.#file} is closed or has been restored before`);
    try {
      const lines: string[] = [];
      this.#lines = lines;
      for (const [apiSecretKey, tables] of stored) this.#import(tenants, apiSecretKey, tables);
      if (lines.length !== stored.size) throw new Error(`The tenants do not write what they do to ${this.#file}`);
      this.#replace(lines);
    } catch (error) {
      this.close();
      throw error;
    }
    this.#stored = undefined;
    this.#lines = undefined;
    return stored.has(tenants.default.apiSecretKey);
  }

  /**
   * Appends a transaction. When it returns, the transaction outlives the process.
   * @throws Error when that failed; what was written of it counts for nothing.
   */
  write(apiSecretKey: string, changes: readonly Change[]): void {
    const line = lineOf(apiSecretKey, changes);
    if (this.#lines) this.#lines.push(line);
    else explained(this.#file, () => this.#append(line));
  }

  /** Closes the file, so that another process may open it. */
  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    this.#stored = undefined;
    this.#lines = undefined;
    this.#release();
    if (descriptor !== undefined) closeSync(descriptor);
  }

  #import(tenants: Tenants, apiSecretKey: string, tables: Tables): void {
    const tenant = tenants.find(apiSecretKey);
    if (!tenant) throw new Error(`${this.#file} holds a tenant whose key is not one of the emulator's`);
    try {
      tenant.import(seedOf(tables));
    } catch (error) {
      const tellTenant = `${this.#file} holds what tenant ${tenant.tenantId} cannot`;
      throw new Error(`${tellTenant}: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Puts another file in the place of this one. Whenever it is interrupted, one of them is there and whole. */
  #replace(lines: readonly string[]): void {
    const next = `${this.#file}.new`;
    try {
      explained(this.#file, () => {
        rmSync(next, { force: true });
        this.#descriptor = openSync(next, "wx", 0o600);
        for (const line of [HEADER, ...lines]) this.#append(line);
        fsyncSync(this.#descriptor);
        renameSync(next, this.#file);
        syncFolder(dirname(this.#file));
      });
    } catch (error) {
      rmSync(next, { force: true });
      throw error;
    }
  }

  #append(line: string): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) throw new Error("it is not open");
    if (this.#isTorn) ftruncateSync(descriptor, this.#size);
    this.#isTorn = true;
    const bytes = Buffer.from(line);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(descriptor, bytes, written, bytes.length - written, this.#size + written);
    }
    this.#size += bytes.length;
    this.#isTorn = false;
  }
}

/** @throws Error that says what is not as it should be. */
function seedOf(tables: Tables): Seed {
  const seed: unknown = Object.fromEntries(
    [...tables].map(([name, rows]) => [name, VALUES.includes(name) ? rows.get("") : [...rows.values()]]),
  );
  const fits = bodies.importState;
  if (fits(seed)) return seed;
  throw new Error(describeProblems(fits.errors?.slice(0, 3) ?? [], undefined));
}

/** The one path of a file, whatever links lead to it. */
function pathOf(file: string): string {
  return explained(file, () => {
    if (statSync(file, { throwIfNoEntry: false })) return realpathSync(file);
    const folder = dirname(file);
    if (!statSync(folder, { throwIfNoEntry: false })) throw new Error(`there is no folder ${folder}`);
    return join(realpathSync(folder), basename(file));
  });
}

function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
