import { isDeepStrictEqual } from "node:util";
import { BODIES } from "../catalogue/bodies.ts";
import type { Fault } from "../fault.ts";
import { leaksIn } from "../spellings.ts";
import type { ReportedError } from "../task.ts";
import { LINGERING, type PeerEnding } from "./run.ts";

/** Milliseconds by which a call may outlast its deadline. */
const SLACK = 100;
/** MB that a call may need. */
const MEMORY = 64;
/** How Node ends a process that awaits something which can come no more. */
const UNSETTLED = 13;

/** What any client can do wrong, whatever it promises. */
export const SINS = [
  "the call hangs, or outlasts its deadline",
  "the process does not end by itself",
  "an exception or a rejection that nobody can catch",
  "a wrong value is taken for the answer",
  "a good answer is refused",
  "the error is a crash, such as a `TypeError` of the SDK's own code",
  "the error tells a status that nobody sent",
  "a passing fault costs a GET its answer",
  "one call is carried out as two",
  "the error shows the secret, or it goes to another origin",
  "more than 64 MB for one call",
] as const;

export type Sin = (typeof SINS)[number];

/** Names what a client did wrong in a cell, each with what shows it. */
export function sinsOf(ending: PeerEnding): Map<Sin, string> {
  return new Map([...sinsOfProcess(ending), ...sinsOfServer(ending), ...sinsOfCall(ending), ...sinsOfOutcome(ending)]);
}

/** Whether the error holds the secret because the service sent it back, which no client needs to expect. */
export function handsBackSecret({ cell, report }: PeerEnding): boolean {
  if (!report || report.showsCredentials || report.leaks.length === 0) return false;
  const steps = cell.fault.script?.({ request: undefined, good: {}, otherPort: 0 }) ?? [];
  const texts = steps.filter((step) => typeof step === "string" || step instanceof Uint8Array);
  return texts.some((text) => leaksIn(Buffer.from(text).toString()).length > 0);
}

/** Whether a call did end, and after its deadline: on a busy machine another run may show that it need not. */
export function isLate({ report, deadline }: PeerEnding): boolean {
  return report !== undefined && report.elapsed > deadline + SLACK;
}

function* sinsOfProcess({ exitCode, endedFor, lingered, report, stderr }: PeerEnding): Generator<[Sin, string]> {
  if (endedFor === "time" || exitCode === UNSETTLED) yield ["the call hangs, or outlasts its deadline", "no end"];
  else if (!endedFor && exitCode !== 0) {
    yield ["an exception or a rejection that nobody can catch", `${exitCode} ${stderr.slice(0, 300)}`];
  }
  if (endedFor === "memory") yield ["more than 64 MB for one call", "it would not stop"];
  if (endedFor === "lingering" || (report && lingered > LINGERING))
    yield ["the process does not end by itself", "it lingers"];
}

function* sinsOfServer({ seen, stderr }: PeerEnding): Generator<[Sin, string]> {
  const effects = new Set(seen.processed.map(({ key }) => key)).size;
  if (effects > 1) yield ["one call is carried out as two", `${effects} effects`];
  const spread = seen.strays.filter((stray) => stray.includes("with the secret"));
  const shown = [...spread, ...leaksIn(stderr)];
  if (shown.length > 0) yield ["the error shows the secret, or it goes to another origin", shown.join(", ")];
}

function* sinsOfCall(ending: PeerEnding): Generator<[Sin, string]> {
  const { report } = ending;
  if (!report) return;
  const { elapsed, growth, leaks, showsCredentials } = report;
  if (isLate(ending)) yield ["the call hangs, or outlasts its deadline", `after ${Math.round(elapsed)} ms`];
  if (growth > MEMORY) yield ["more than 64 MB for one call", `${Math.round(growth)} MB`];
  if (showsCredentials || (leaks.length > 0 && !handsBackSecret(ending))) {
    yield ["the error shows the secret, or it goes to another origin", leaks.join(", ")];
  }
}

function* sinsOfOutcome(ending: PeerEnding): Generator<[Sin, string]> {
  const { cell, report, seen } = ending;
  if (!report) return;
  const { fault, often } = cell;
  const { error, isPolluted, value = "nothing" } = report;
  if (!error) {
    if (isPolluted || !isRight(ending)) yield ["a wrong value is taken for the answer", value.slice(0, 200)];
    return;
  }
  const { message, statusCode } = error;
  const isGet = cell.client.operations[cell.operation]?.method === "GET";
  if (fault.outcome.codes.length === 0) yield ["a good answer is refused", message];
  else if (often === "once" && isGet && isPassing(fault)) yield ["a passing fault costs a GET its answer", message];
  if (isCrash(error)) yield ["the error is a crash, such as a `TypeError` of the SDK's own code", message];
  // What nobody knows, who goes astray, is told by a 404.
  const sent = [undefined, ...fault.outcome.statuses, ...(seen.strays.length > 0 ? [404] : [])];
  if (!sent.includes(statusCode)) yield ["the error tells a status that nobody sent", `${statusCode}: ${message}`];
}

/** Whether nobody meant an error: what `fetch` says of a lost connection and `JSON.parse` of a text is meant. */
function isCrash({ isTyped, errorCode, message }: ReportedError): boolean {
  if (isTyped || errorCode === "SyntaxError") return false;
  if (errorCode === undefined) return true;
  return /^(TypeError(?!: (terminated|fetch failed))|RangeError|ReferenceError|AssertionError)/.test(message);
}

/** Whether an error that was meant is of no class of the SDK. */
export function isForeign({ report }: PeerEnding): boolean {
  return report?.error !== undefined && !report.error.isTyped;
}

/** Whether a call that resolved was carried out, and gives what the service promises. */
function isRight({ cell, report, seen }: PeerEnding): boolean {
  const { client, fault, often, operation } = cell;
  const { good, method } = client.operations[operation] ?? { good: {} };
  if (seen.processed.length === 0) return false;
  if (client.keepsAnswers && method === "DELETE") {
    // What comes before an answer gets none, so that the one that counts is that to a later attempt.
    const cameAgain = often === "once" && (seen.spared > 0 || fault.when === undefined);
    return cameAgain || fault.outcome.values !== undefined || isEnough(fault);
  }
  // More than what is promised was left out, so that the good value is the only right one.
  const value: unknown = report?.value === undefined ? undefined : JSON.parse(report.value);
  return isDeepStrictEqual(value, good);
}

/** Whether a success is enough for a client that gives nothing back: it says nothing, or what it should and more. */
function isEnough(fault: Fault): boolean {
  return /^20[456] |^200 (without a body|with (spaces|50 MB|an (array|object) 100,000 deep)|in (an empty gzip|bytes .*))$/.test(
    fault.name,
  );
}

/** Whether a fault comes of the way, and not of a whole answer that the service must have meant. */
function isPassing(fault: Fault): boolean {
  return fault.passes && !BODIES.includes(fault) && !/^20\d /.test(fault.name);
}
