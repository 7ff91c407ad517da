import { readLogLines } from "../../files/log-lines.ts";
import { parseJson } from "../../files/parse-json.ts";
import type { Change } from "../state/table.ts";

// A data file is a log. Its first line, the header, names the format. Each further line is one transaction in JSON: the
// secret key of the tenant, and the changes. A change is a table, a key and the new row, or null when the row was deleted.

/** The first line of a data file. */
export const HEADER = '{"authsignal-emulator":1}';
const OTHER_VERSION = /^\{"authsignal-emulator":\d+\}$/;

type Transaction = readonly [apiSecretKey: string, changes: readonly Change[]];

/** The rows of a tenant, by table and key. */
export type Tables = Map<string, Map<string, unknown>>;

/** Returns the line of a transaction. */
export function formatTransaction(...transaction: Transaction): string {
  return JSON.stringify(transaction);
}

/**
 * Reads a data file: the rows of each tenant after all transactions, by secret key. A last line that is not whole or not
 * JSON is left out: its writing was interrupted.
 * @throws Error that names the damaged line, or says that the file is something else.
 */
export function replayTransactions(file: string): Map<string, Tables> {
  const tenants = new Map<string, Tables>();
  let count = 0;
  let isTorn = false;
  for (const { text, isWhole } of readLogLines(file)) {
    if (isTorn) throw new Error(`line ${count} is broken`);
    count += 1;
    if (count === 1) {
      checkHeader(text ?? "", isWhole);
      continue;
    }
    const transaction = isWhole && text !== undefined ? parseJson(text) : undefined;
    isTorn = transaction === undefined;
    if (isTorn) continue;
    if (!isTransaction(transaction)) throw new Error(`line ${count} is broken`);
    apply(tenants, transaction);
  }
  return tenants;
}

/** A header that is not whole is the beginning of one: the process was interrupted before it wrote anything else. */
function checkHeader(text: string, isWhole: boolean): void {
  if (isWhole ? text === HEADER : text !== "" && HEADER.startsWith(text)) return;
  if (OTHER_VERSION.test(text)) throw new Error("it was written by another version of the emulator");
  throw new Error("it is there, but it is not a data file of the emulator");
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
