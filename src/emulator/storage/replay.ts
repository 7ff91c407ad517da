import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { Change } from "../state/table.ts";

// What a data file holds: its first line says what it is. Each further line is a transaction: the secret key of the tenant,
// and its changes, in which null stands for a row that is gone.

const TITLE = '{"authsignal-emulator":1}';
const OTHER_VERSION = /^\{"authsignal-emulator":\d+\}$/;

/** The first line of a data file. */
export const HEADER = `${TITLE}\n`;

type Transaction = readonly [apiSecretKey: string, changes: readonly Change[]];

/** The rows of a tenant, by table and key. */
export type Tables = Map<string, Map<string, unknown>>;

/** The line of a transaction. */
export function lineOf(...transaction: Transaction): string {
  return `${JSON.stringify(transaction)}\n`;
}

/**
 * Reads what a data file holds, by secret key. A last line that was not written to its end is left out.
 * @throws Error that says where it is broken, or that it is something else.
 */
export function replay(file: string): Map<string, Tables> {
  const tenants = new Map<string, Tables>();
  const type = statSync(file, { throwIfNoEntry: false });
  if (!type) return tenants;
  if (!type.isFile()) throw new Error("that is no file");
  let count = 0;
  let isTorn = false;
  for (const { text, isWhole } of linesOf(file)) {
    if (isTorn) throw new Error(`line ${count} is broken`);
    count += 1;
    if (count === 1) {
      checkHeader(text, isWhole);
      continue;
    }
    const transaction = isWhole ? parse(text) : undefined;
    isTorn = transaction === undefined;
    if (isTorn) continue;
    if (!isTransaction(transaction)) throw new Error(`line ${count} is broken`);
    apply(tenants, transaction);
  }
  return tenants;
}

function checkHeader(text: string, isWhole: boolean): void {
  if (isWhole ? text === TITLE : TITLE.startsWith(text)) return;
  if (OTHER_VERSION.test(text)) throw new Error("it was written by another version of the emulator");
  throw new Error("it is there, but it is not a data file of the emulator");
}

const CHUNK = 1024 * 1024;
const NEWLINE = 10;

/** The lines of a file, which may be longer than a string can be. */
function* linesOf(file: string): Generator<{ readonly text: string; readonly isWhole: boolean }> {
  const descriptor = openSync(file, "r");
  try {
    let parts: Buffer[] = [];
    const take = (last: Buffer) => Buffer.concat([...parts.splice(0), last]).toString();
    for (;;) {
      const buffer = Buffer.alloc(CHUNK);
      let chunk = buffer.subarray(0, readSync(descriptor, buffer));
      if (chunk.length === 0) break;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE)) {
        yield { text: take(chunk.subarray(0, end)), isWhole: true };
        chunk = chunk.subarray(end + 1);
      }
      parts = [...parts, chunk];
    }
    const text = take(Buffer.alloc(0));
    if (text !== "") yield { text, isWhole: false };
  } finally {
    closeSync(descriptor);
  }
}

/** What a text in JSON says; undefined when it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTransaction(value: unknown): value is Transaction {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [apiSecretKey, changes]: unknown[] = value;
  return typeof apiSecretKey === "string" && Array.isArray(changes) && changes.every(isChange);
}

function isChange(value: unknown): value is Change {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [table, key]: unknown[] = value;
  return typeof table === "string" && typeof key === "string";
}

function apply(tenants: Map<string, Tables>, [apiSecretKey, changes]: Transaction): void {
  const tables = tenants.get(apiSecretKey) ?? new Map<string, Map<string, unknown>>();
  tenants.set(apiSecretKey, tables);
  for (const [name, key, row] of changes) {
    const rows = tables.get(name) ?? new Map<string, unknown>();
    tables.set(name, rows);
    if (row === null) rows.delete(key);
    else rows.set(key, row);
  }
}
