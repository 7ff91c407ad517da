import { isDeepStrictEqual } from "node:util";
import { OPERATIONS } from "./operations.ts";
import type { Ending } from "./run-cell.ts";
import { leaksIn } from "./spellings.ts";
import type { ReportedError } from "./task.ts";

/** Milliseconds by which a call may outlast its deadline. */
const SLACK = 100;
/** MB that a call may need. */
const MEMORY = 64;
/** Milliseconds that a process may take to end after its call. */
const LINGERING = 500;

/** Says in plain words what a client did wrong in a cell. */
export function wrongsOf(ending: Ending): string[] {
  const { report, exitCode, stderr, lingered } = ending;
  const wrongs = [...wrongsOfServer(ending)];
  if (exitCode === undefined) wrongs.push("the process did not end by itself");
  else if (exitCode !== 0) wrongs.push(`the process ended with ${exitCode}`);
  if (stderr) wrongs.push(`the process complained: ${stderr.slice(0, 500)}`);
  wrongs.push(...leaksIn(stderr).map((spelling) => `the secret was printed: ${spelling}`));
  if (!report) return [...wrongs, "the call did not end"];

  if (lingered > LINGERING) wrongs.push(`the process lingered for ${Math.round(lingered)} ms`);
  if (report.growth > MEMORY) wrongs.push(`it took ${Math.round(report.growth)} MB`);
  if (report.isPolluted) wrongs.push("an answer changed all objects");
  wrongs.push(...report.leaks.map((spelling) => `the secret can be printed: ${spelling}`));
  if (isLate(ending)) wrongs.push(`it took ${Math.round(report.elapsed)} of ${ending.timeout} ms`);
  wrongs.push(...(report.error ? wrongsOfError(ending, report.error) : wrongsOfValue(ending, report.value)));
  return wrongs;
}

/** Whether the call outlasted its deadline. */
export function isLate({ report, timeout }: Ending): boolean {
  return report !== undefined && report.elapsed > timeout + SLACK;
}

function wrongsOfServer({ cell, seen }: Ending): string[] {
  const wrongs: string[] = [];
  const effects = new Set(seen.processed.map(({ key }) => key)).size;
  if (effects > 1) wrongs.push(`${effects} effects`);
  if (!OPERATIONS[cell.operation].isRepeatable && seen.processed.length > 1) {
    wrongs.push(`carried out ${seen.processed.length} times`);
  }
  if (seen.strays.length > 0) wrongs.push(`went astray: ${seen.strays.join(", ")}`);
  if (seen.connections > 4) wrongs.push(`opened ${seen.connections} connections`);
  return wrongs;
}

function wrongsOfValue({ cell, seen }: Ending, json: string | undefined): string[] {
  const { fault, often, operation } = cell;
  const { good } = OPERATIONS[operation];
  const value: unknown = json === undefined ? undefined : JSON.parse(json);
  const fromFault = fault.outcome.values?.(good) ?? [];
  const allowed = often === "once" ? [good, ...fromFault] : fromFault;
  const wrongs = seen.processed.length === 0 ? ["a value of a call that was never carried out"] : [];
  if (!allowed.some((one) => isDeepStrictEqual(value, one))) wrongs.push(`the wrong value ${json?.slice(0, 200)}`);
  return wrongs;
}

function wrongsOfError({ cell, seen }: Ending, error: ReportedError): string[] {
  const { fault, often, operation, transport } = cell;
  const { isTyped, message, errorCode = "", statusCode, mayHaveBeenProcessed } = error;
  if (!isTyped) return [`an error of another kind: ${message.slice(0, 300)}`];
  const wrongs: string[] = [];
  const mustPass = often === "once" && fault.passes && OPERATIONS[operation].isRepeatable;
  if (mustPass) wrongs.push(`one fault cost the call: ${message.slice(0, 200)}`);
  if (!fault.outcome.codes.includes(errorCode)) wrongs.push(`the code ${errorCode}: ${message.slice(0, 200)}`);
  if (!fault.outcome.statuses.includes(statusCode)) wrongs.push(`the status ${statusCode}`);
  if (/undefined|\[object/.test(message)) wrongs.push(`the message ${message.slice(0, 200)}`);
  const isHarmless = fault.harmlessTo?.includes(transport) ?? false;
  if (seen.processed.length > 0 && !mayHaveBeenProcessed) wrongs.push("carried out, though the error denies it");
  if (isHarmless && mayHaveBeenProcessed) wrongs.push("not carried out, though the error fears it");
  return wrongs;
}
