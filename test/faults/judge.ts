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
const LINGERING = 2_000;
/** The most connections that a call with three attempts may open: a `fetch` opens the next one beforehand. */
const CONNECTIONS = 8;

/** The rules of which each cell keeps all. */
export const RULES = [
  "the call ends in time",
  "the process ends by itself",
  "the process complains of nothing",
  "the value is right",
  "the error is typed",
  "the code is right",
  "the status is that of the server",
  "one fault costs nothing",
  "nothing is done twice",
  "nothing goes astray",
  "what may have been processed is told",
  "the secret stays inside",
  "memory is bounded",
] as const;

/** A rule that was broken, and how. */
export type Wrong = `${(typeof RULES)[number]}: ${string}`;

/** Says in plain words what a client did wrong in a cell. */
export function wrongsOf(ending: Ending): Wrong[] {
  const { report } = ending;
  return [
    ...wrongsOfProcess(ending),
    ...wrongsOfRequests(ending),
    ...wrongsOfCall(ending),
    ...(report?.error ? wrongsOfError(ending, report.error) : []),
    ...(report && !report.error ? wrongsOfValue(ending, report.value) : []),
  ];
}

/** Whether the call outlasted its deadline. */
export function isLate({ report, timeout }: Ending): boolean {
  return report !== undefined && report.elapsed > timeout + SLACK;
}

function wrongsOfProcess({ exitCode, stderr, lingered }: Ending): Wrong[] {
  const wrongs: Wrong[] = leaksIn(stderr).map((spelling): Wrong => `the secret stays inside: printed in ${spelling}`);
  if (exitCode === undefined) wrongs.push("the process ends by itself: it had to be ended");
  else if (lingered > LINGERING) wrongs.push(`the process ends by itself: after ${Math.round(lingered)} ms`);
  if (exitCode || stderr) wrongs.push(`the process complains of nothing: ${exitCode} ${stderr.slice(0, 500)}`);
  return wrongs;
}

function wrongsOfRequests({ cell, seen }: Ending): Wrong[] {
  const wrongs: Wrong[] = [];
  const effects = new Set(seen.processed.map(({ key }) => key)).size;
  if (effects > 1) wrongs.push(`nothing is done twice: ${effects} effects`);
  if (!OPERATIONS[cell.operation].isRepeatable && seen.processed.length > 1) {
    wrongs.push(`nothing is done twice: carried out ${seen.processed.length} times`);
  }
  if (seen.strays.length > 0) wrongs.push(`nothing goes astray: ${seen.strays.join(", ")}`);
  if (seen.connections > CONNECTIONS) wrongs.push(`nothing goes astray: ${seen.connections} connections`);
  return wrongs;
}

function wrongsOfCall(ending: Ending): Wrong[] {
  const { report, timeout } = ending;
  if (!report) return ["the call ends in time: it did not end"];
  const wrongs = [...report.leaks, ...report.clientLeaks].map(
    (spelling): Wrong => `the secret stays inside: it can be printed in ${spelling}`,
  );
  if (report.growth > MEMORY) wrongs.push(`memory is bounded: it took ${Math.round(report.growth)} MB`);
  if (report.isPolluted) wrongs.push("the value is right: an answer changed all objects");
  if (isLate(ending)) wrongs.push(`the call ends in time: after ${Math.round(report.elapsed)} of ${timeout} ms`);
  return wrongs;
}

function wrongsOfValue({ cell, seen }: Ending, json: string | undefined): Wrong[] {
  const { fault, often, operation } = cell;
  const { good } = OPERATIONS[operation];
  const value: unknown = json === undefined ? undefined : JSON.parse(json);
  const fromFault = fault.outcome.values?.(good) ?? [];
  const allowed = often === "once" ? [good, ...fromFault] : fromFault;
  const wrongs: Wrong[] = [];
  if (seen.processed.length === 0) wrongs.push("the value is right: nothing was carried out");
  if (!allowed.some((one) => isDeepStrictEqual(value, one))) wrongs.push(`the value is right: ${json?.slice(0, 200)}`);
  return wrongs;
}

function wrongsOfError({ cell, seen }: Ending, error: ReportedError): Wrong[] {
  const { fault, often, operation, transport } = cell;
  const { isTyped, errorCode = "", statusCode, mayHaveBeenProcessed } = error;
  const message = error.message.slice(0, 200);
  if (!isTyped) return [`the error is typed: ${message}`];
  const wrongs: Wrong[] = [];
  const mustPass = often === "once" && fault.passes && OPERATIONS[operation].isRepeatable;
  if (mustPass) wrongs.push(`one fault costs nothing: ${message}`);
  if (!fault.outcome.codes.includes(errorCode)) wrongs.push(`the code is right: ${errorCode}: ${message}`);
  if (!fault.outcome.statuses.includes(statusCode)) wrongs.push(`the status is that of the server: ${statusCode}`);
  if (/undefined|\[object/.test(message)) wrongs.push(`the error is typed: its message is ${message}`);
  if (seen.processed.length > 0 && !mayHaveBeenProcessed) {
    wrongs.push("what may have been processed is told: carried out, and the error denies it");
  }
  if (fault.harmlessTo?.includes(transport) && mayHaveBeenProcessed) {
    wrongs.push("what may have been processed is told: not carried out, and the error fears it");
  }
  return wrongs;
}
