import { BOTH, type Fault } from "../fault.ts";
import { CLOSE } from "../script.ts";
import { GOOD, LATE, UNANSWERED } from "./outcomes.ts";

/** The record by which a server says that it will not shake hands. */
const HANDSHAKE_FAILURE = new Uint8Array([21, 3, 3, 0, 2, 2, 40]);

const NODE: Fault["harmlessTo"] = ["node:http"];

/** TLS, of which nothing went wrong: the measure of the others. */
const sound: Fault = {
  name: "sound TLS",
  isEncrypted: true,
  isTrusted: true,
  host: "localhost",
  outcome: GOOD,
  passes: true,
};

/** Nothing is sent to a server that is not who it should be, and asking again does not help. */
const untrusted: Fault[] = [
  { name: "self-signed certificate", isTrusted: false, host: "localhost" },
  { name: "certificate of another name", isTrusted: true, host: "other.localhost" },
].map((fault) => ({ ...fault, isEncrypted: true, outcome: UNANSWERED, passes: false, harmlessTo: BOTH }));

const broken: Fault[] = [
  { name: "refused handshake", script: () => [HANDSHAKE_FAILURE, CLOSE], passes: false },
  { name: "plain HTTP where TLS should be", script: () => ["HTTP/1.1 400 Bad Request\r\n\r\n", CLOSE], passes: false },
  { name: "close in the handshake", script: () => [CLOSE], passes: true },
  { name: "hang in the handshake", passes: true, isSlow: true },
].map((fault) => ({
  ...sound,
  ...fault,
  when: "connection",
  outcome: fault.isSlow ? LATE : UNANSWERED,
  // A `fetch` does not tell how far it came.
  harmlessTo: fault.passes ? NODE : BOTH,
}));

export const TLS: Fault[] = [sound, ...untrusted, ...broken];
