import { fieldOf, isRecord } from "../../../platform/fields.ts";
import { MigrationError } from "./error.ts";
import type { MigrationOptions } from "./types.ts";

const MOST_CONCURRENCY = 64;
const LONGEST_SETTLE_TIME = 10 * 60_000;

/** @throws MigrationError that says which option to change. */
export function checkOptions(options: MigrationOptions): void {
  if (typeof options !== "object" || options === null) throw new MigrationError("the options must be an object");
  const { authsignal, file, format, apply, assumeConfirmed, concurrency = 1, settleTime = 0 } = options;
  const { journal, onRow, onProgress, signal } = options;
  const isBoolean = (value: unknown) => value === undefined || typeof value === "boolean";
  const isFunction = (value: unknown) => value === undefined || typeof value === "function";
  const problems = [
    !isText(file) && "file must be the path of the export",
    format !== undefined && format !== "csv" && format !== "jsonl" && "format must be csv or jsonl",
    !isBoolean(apply) && "apply must be true or false",
    !isBoolean(assumeConfirmed) && "assumeConfirmed must be true or false",
    apply && authsignal === undefined && "authsignal is needed to apply the migration",
    authsignal !== undefined && !isClient(authsignal) && "authsignal must be a client made with new Authsignal()",
    !isWhole(concurrency, 1, MOST_CONCURRENCY) && `concurrency must be a whole number from 1 to ${MOST_CONCURRENCY}`,
    !isWhole(settleTime, 0, LONGEST_SETTLE_TIME) && `settleTime must be from 0 to ${LONGEST_SETTLE_TIME} ms`,
    journal !== undefined && !isText(journal) && "journal must be the path of a file",
    !isFunction(onRow) && "onRow must be a function",
    !isFunction(onProgress) && "onProgress must be a function",
    signal !== undefined && !(signal instanceof AbortSignal) && "signal must be an AbortSignal",
  ];
  const problem = problems.find((one) => one !== false && one !== undefined);
  if (problem) throw new MigrationError(problem);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** Whether a value has the members of a client that the migration needs. It may be of another copy of this package. */
function isClient(value: unknown): boolean {
  const isCallable = typeof fieldOf(value, "enrollVerifiedAuthenticator") === "function";
  return isText(fieldOf(value, "apiUrl")) && isRecord(fieldOf(value, "webhook")) && isCallable;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
}
