import { isDeepStrictEqual } from "node:util";
import { OPERATIONS } from "./operations.ts";
import type { Ending } from "./run-cell.ts";
import { leaksIn } from "./spellings.ts";
import type { ReportedError } from "./task.ts";

/** Milliseconds by which a call may outlast its deadline. */
const SLACK = 100;
/** MB that a call may need. */
const MEMORY = 64;
/** Milliseconds that a process may take to exit after its call. */
const LINGERING = 2_000;
/** The most connections that a call with three attempts may open: a `fetch` opens the next one in advance. */
const CONNECTIONS = 8;

/** The rules that every cell must keep. */
export const RULES = [
  "the call ends in time",
  "the process exits",
  "the process prints no warning",
  "the value is right",
  "the error is typed",
  "the code is right",
  "the status is that of the server",
  "one fault is retried",
  "nothing is done twice",
  "no request goes elsewhere",
  "mayHaveBeenProcessed is right",
  "the secret stays inside",
  "memory is bounded",
] as const;

/** A rule that was broken, and how. */
export type Violation = `${(typeof RULES)[number]}: ${string}`;

/** Lists the rules that a client broke in a cell. */
export function violationsOf(ending: Ending): Violation[] {
  const { report } = ending;
  return [
    ...violationsOfProcess(ending),
    ...violationsOfRequests(ending),
    ...violationsOfCall(ending),
    ...(report?.error ? violationsOfError(ending, report.error) : []),
    ...(report && !report.error ? violationsOfValue(ending, report.value) : []),
  ];
}

/** Whether the call outlasted its deadline. */
export function isLate({ report, timeout }: Ending): boolean {
  return report !== undefined && report.elapsed > timeout + SLACK;
}

function violationsOfProcess({ exitCode, stderr, lingered }: Ending): Violation[] {
  const violations: Violation[] = leaksIn(stderr).map(
    (spelling): Violation => `the secret stays inside: printed in ${spelling}`,
  );
  if (exitCode === undefined) violations.push("the process exits: it had to be ended");
  else if (lingered > LINGERING) violations.push(`the process exits: after ${Math.round(lingered)} ms`);
  if (exitCode || stderr) violations.push(`the process prints no warning: ${exitCode} ${stderr.slice(0, 500)}`);
  return violations;
}

function violationsOfRequests({ cell, seen }: Ending): Violation[] {
  const violations: Violation[] = [];
  const effects = new Set(seen.processed.map(({ key }) => key)).size;
  if (effects > 1) violations.push(`nothing is done twice: ${effects} effects`);
  if (!OPERATIONS[cell.operation].isRepeatable && seen.processed.length > 1) {
    violations.push(`nothing is done twice: carried out ${seen.processed.length} times`);
  }
  if (seen.strays.length > 0) violations.push(`no request goes elsewhere: ${seen.strays.join(", ")}`);
  if (seen.connections > CONNECTIONS) violations.push(`no request goes elsewhere: ${seen.connections} connections`);
  return violations;
}

function violationsOfCall(ending: Ending): Violation[] {
  const { report, timeout } = ending;
  if (!report) return ["the call ends in time: it did not end"];
  const violations = [...report.leaks, ...report.clientLeaks].map(
    (spelling): Violation => `the secret stays inside: it can be printed in ${spelling}`,
  );
  if (report.growth > MEMORY) violations.push(`memory is bounded: it took ${Math.round(report.growth)} MB`);
  if (report.isPolluted) violations.push("the value is right: a response changed all objects");
  if (isLate(ending)) violations.push(`the call ends in time: after ${Math.round(report.elapsed)} of ${timeout} ms`);
  return violations;
}

function violationsOfValue({ cell, seen }: Ending, json: string | undefined): Violation[] {
  const { fault, often, operation } = cell;
  const { good } = OPERATIONS[operation];
  const value: unknown = json === undefined ? undefined : JSON.parse(json);
  const fromFault = fault.outcome.values?.(good) ?? [];
  const allowed = often === "once" ? [good, ...fromFault] : fromFault;
  const violations: Violation[] = [];
  if (seen.processed.length === 0) violations.push("the value is right: nothing was carried out");
  if (!allowed.some((one) => isDeepStrictEqual(value, one)))
    violations.push(`the value is right: ${json?.slice(0, 200)}`);
  return violations;
}

function violationsOfError({ cell, seen }: Ending, error: ReportedError): Violation[] {
  const { fault, often, operation, transport } = cell;
  const { isTyped, errorCode = "", statusCode, mayHaveBeenProcessed } = error;
  const message = error.message.slice(0, 200);
  if (!isTyped) return [`the error is typed: ${message}`];
  const violations: Violation[] = [];
  const mustBeRetried = often === "once" && fault.passes && OPERATIONS[operation].isRepeatable;
  if (mustBeRetried) violations.push(`one fault is retried: ${message}`);
  if (!fault.outcome.codes.includes(errorCode)) violations.push(`the code is right: ${errorCode}: ${message}`);
  if (!fault.outcome.statuses.includes(statusCode)) violations.push(`the status is that of the server: ${statusCode}`);
  if (/undefined|\[object/.test(message)) violations.push(`the error is typed: its message is ${message}`);
  if (seen.processed.length > 0 && !mayHaveBeenProcessed) {
    violations.push("mayHaveBeenProcessed is right: false for a request that was carried out");
  }
  if (fault.harmlessTo?.includes(transport) && mayHaveBeenProcessed) {
    violations.push("mayHaveBeenProcessed is right: true for a request that was not carried out");
  }
  return violations;
}
