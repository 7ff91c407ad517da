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
/** The exit code of Node for a process that awaits a promise which can no longer settle. */
const UNSETTLED = 13;

/** Defects of any client, whatever it promises. */
export const DEFECTS = [
  "the call hangs, or outlasts its deadline",
  "the process does not exit",
  "an uncaught exception or an unhandled rejection",
  "the call returns a wrong value",
  "a valid response is rejected",
  "the error is a crash, such as a `TypeError` of the SDK's own code",
  "the error has a status that no server sent",
  "a transient fault fails a GET",
  "one call is carried out twice",
  "the error shows the secret, or the secret goes to another origin",
  "more than 64 MB for one call",
] as const;

export type Defect = (typeof DEFECTS)[number];

/** Finds the defects that a client shows in a cell, each with its evidence. */
export function defectsOf(ending: PeerEnding): Map<Defect, string> {
  return new Map([
    ...defectsOfProcess(ending),
    ...defectsOfServer(ending),
    ...defectsOfCall(ending),
    ...defectsOfOutcome(ending),
  ]);
}

/** Whether the error holds the secret because the response contained it, which no client needs to expect. */
export function echoesSecret({ cell, report }: PeerEnding): boolean {
  if (!report || report.showsCredentials || report.leaks.length === 0) return false;
  const steps = cell.fault.script?.({ request: undefined, good: {}, otherPort: 0 }) ?? [];
  const texts = steps.filter((step) => typeof step === "string" || step instanceof Uint8Array);
  return texts.some((text) => leaksIn(Buffer.from(text).toString()).length > 0);
}

/** Whether a call ended after its deadline. On a busy machine another run may end in time. */
export function isLate({ report, deadline }: PeerEnding): boolean {
  return report !== undefined && report.elapsed > deadline + SLACK;
}

function* defectsOfProcess({ exitCode, endedFor, lingered, report, stderr }: PeerEnding): Generator<[Defect, string]> {
  if (endedFor === "time" || exitCode === UNSETTLED) yield ["the call hangs, or outlasts its deadline", "no end"];
  else if (!endedFor && exitCode !== 0) {
    yield ["an uncaught exception or an unhandled rejection", `${exitCode} ${stderr.slice(0, 300)}`];
  }
  if (endedFor === "memory") yield ["more than 64 MB for one call", "it would not stop"];
  if (endedFor === "lingering" || (report && lingered > LINGERING)) yield ["the process does not exit", "it lingers"];
}

function* defectsOfServer({ seen, stderr }: PeerEnding): Generator<[Defect, string]> {
  const effects = new Set(seen.processed.map(({ key }) => key)).size;
  if (effects > 1) yield ["one call is carried out twice", `${effects} effects`];
  const spread = seen.strays.filter((stray) => stray.includes("with the secret"));
  const shown = [...spread, ...leaksIn(stderr)];
  if (shown.length > 0) yield ["the error shows the secret, or the secret goes to another origin", shown.join(", ")];
}

function* defectsOfCall(ending: PeerEnding): Generator<[Defect, string]> {
  const { report } = ending;
  if (!report) return;
  const { elapsed, growth, leaks, showsCredentials } = report;
  if (isLate(ending)) yield ["the call hangs, or outlasts its deadline", `after ${Math.round(elapsed)} ms`];
  if (growth > MEMORY) yield ["more than 64 MB for one call", `${Math.round(growth)} MB`];
  if (showsCredentials || (leaks.length > 0 && !echoesSecret(ending))) {
    yield ["the error shows the secret, or the secret goes to another origin", leaks.join(", ")];
  }
}

function* defectsOfOutcome(ending: PeerEnding): Generator<[Defect, string]> {
  const { cell, report, seen } = ending;
  if (!report) return;
  const { fault, often } = cell;
  const { error, isPolluted, value = "nothing" } = report;
  if (!error) {
    if (isPolluted || !isRight(ending)) yield ["the call returns a wrong value", value.slice(0, 200)];
    return;
  }
  const { message, statusCode } = error;
  const isGet = cell.client.operations[cell.operation]?.method === "GET";
  if (fault.outcome.codes.length === 0) yield ["a valid response is rejected", message];
  else if (often === "once" && isGet && isTransient(fault)) yield ["a transient fault fails a GET", message];
  if (isCrash(error)) yield ["the error is a crash, such as a `TypeError` of the SDK's own code", message];
  // The server of the other origin sends a 404.
  const sent = [undefined, ...fault.outcome.statuses, ...(seen.strays.length > 0 ? [404] : [])];
  if (!sent.includes(statusCode)) yield ["the error has a status that no server sent", `${statusCode}: ${message}`];
}

/** Whether an error is a bug of the SDK: the errors of `fetch` for a lost connection and of `JSON.parse` are intended. */
function isCrash({ isTyped, errorCode, message }: ReportedError): boolean {
  if (isTyped || errorCode === "SyntaxError") return false;
  if (errorCode === undefined) return true;
  return /^(TypeError(?!: (terminated|fetch failed))|RangeError|ReferenceError|AssertionError)/.test(message);
}

/** Whether an error is no class of the SDK. */
export function isForeign({ report }: PeerEnding): boolean {
  return report?.error !== undefined && !report.error.isTyped;
}

/** Whether a call that resolved was carried out and returns the promised value. */
function isRight({ cell, report, seen }: PeerEnding): boolean {
  const { client, fault, often, operation } = cell;
  const { good, method } = client.operations[operation] ?? { good: {} };
  if (seen.processed.length === 0) return false;
  if (client.dropsResponses && method === "DELETE") {
    // A fault before the response leaves the request without one, so that a later attempt decides.
    const isRetried = often === "once" && (seen.spared > 0 || fault.when === undefined);
    return isRetried || fault.outcome.values !== undefined || isEnough(fault);
  }
  // The good value has required fields only, so that no other value is right.
  const value: unknown = report?.value === undefined ? undefined : JSON.parse(report.value);
  return isDeepStrictEqual(value, good);
}

/** Whether a success is enough for a client that returns nothing: the response is empty, or holds the good value. */
function isEnough(fault: Fault): boolean {
  return /^20[456] |^200 (without a body|with (spaces|50 MB|an (array|object) 100,000 deep)|in (an empty gzip|bytes .*))$/.test(
    fault.name,
  );
}

/** Whether a fault comes from the network, and not from a whole response that the service intended. */
function isTransient(fault: Fault): boolean {
  return fault.passes && !BODIES.includes(fault) && !/^20\d /.test(fault.name);
}
