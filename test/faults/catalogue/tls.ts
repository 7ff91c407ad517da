import { expiredCertificate } from "../../support/certificate.ts";
import { BOTH, type Fault } from "../fault.ts";
import { CHUNKED, chunks, head } from "../responses.ts";
import { CLOSE, CUT, RESET, type Step } from "../script.ts";
import { GOOD, LATE, maybe, NO_HTTP, UNANSWERED, unusable } from "./outcomes.ts";

/** The record by which a server rejects the handshake. */
const HANDSHAKE_FAILURE = new Uint8Array([21, 3, 3, 0, 2, 2, 40]);

/** The beginning of a record of 100 bytes that belongs to the handshake. */
const BEGUN_RECORD = new Uint8Array([22, 3, 3, 0, 100, 2, 0]);

/** Bytes that are no record, and a record whose authentication tag is wrong. */
const GARBAGE = new Uint8Array(64).fill(0x5a);
const BROKEN_RECORD = new Uint8Array([23, 3, 3, 0, 32, ...Array<number>(32).fill(0x5a)]);

const NODE: Fault["harmlessTo"] = ["node:http"];

/** TLS without a fault, for comparison. */
const sound: Fault = {
  name: "sound TLS",
  isEncrypted: true,
  isTrusted: true,
  host: "localhost",
  outcome: GOOD,
  passes: true,
};

/** Nothing is sent to a server whose certificate is wrong, and a retry does not help. */
const untrusted: Fault[] = [
  { name: "self-signed certificate", isTrusted: false, host: "localhost" },
  { name: "certificate of another name", isTrusted: true, host: "other.localhost" },
  { name: "expired certificate", isTrusted: true, host: "localhost", tls: { cert: expiredCertificate } },
].map((fault) => ({ ...fault, isEncrypted: true, outcome: UNANSWERED, passes: false, harmlessTo: BOTH }));

/** The server requires a certificate of the client, or offers an insecure version only. */
const demanding: Fault[] = [
  { name: "certificate asked of the client", tls: { requestCert: true, rejectUnauthorized: true } },
  { name: "TLS 1.0", tls: { minVersion: "TLSv1" as const, maxVersion: "TLSv1" as const }, harmlessTo: BOTH },
].map((fault) => ({ ...sound, ...fault, outcome: UNANSWERED, passes: false }));

/** The handshake does not end. */
const broken: Fault[] = [
  { name: "refused handshake", script: () => [HANDSHAKE_FAILURE, CLOSE], passes: false },
  { name: "plain HTTP where TLS should be", script: () => ["HTTP/1.1 400 Bad Request\r\n\r\n", CLOSE], passes: false },
  { name: "garbage where TLS should be", script: () => [GARBAGE, CLOSE], passes: false },
  { name: "close in the handshake", script: () => [CLOSE], passes: true },
  { name: "close inside a record of the handshake", script: () => [BEGUN_RECORD, CLOSE], passes: true },
  { name: "reset in the handshake", script: () => [RESET], passes: true },
  { name: "hang in the handshake", passes: true, isSlow: true },
].map((fault) => ({
  ...sound,
  ...fault,
  when: "connection",
  outcome: fault.isSlow ? LATE : UNANSWERED,
  // The error of a `fetch` does not say whether the handshake was over.
  harmlessTo: fault.passes ? NODE : BOTH,
}));

const BODY = '{"isEnrolled":true,"success":true,"state":"ALLOW"';
const LONGER = head(200, `content-length: ${BODY.length + 20}`);

/** The request was carried out, and then TLS or the connection beneath it ends. */
function ending(name: string, script: (good: string) => Step[], outcome: Fault["outcome"]): Fault {
  return {
    ...sound,
    name: `TLS, ${name}`,
    when: "request",
    acts: true,
    script: ({ good }) => script(JSON.stringify(good)),
    outcome,
  };
}

/** A lost connection may be noticed before the status is read, or after. */
const LOST = { codes: ["network_error", "invalid_response"], statuses: [200, undefined] };

const ended: Fault[] = [
  ending("close after the request", () => [CLOSE], UNANSWERED),
  ending("the wire cut after the request", () => [CUT], UNANSWERED),
  ending("close inside the body", () => [LONGER, BODY, CLOSE], unusable()),
  ending("the wire cut inside the body", () => [LONGER, BODY, CUT], LOST),
  ending("reset inside the body", () => [LONGER, BODY, RESET], LOST),
  ending("the wire cut before the last chunk", (good) => [head(200, CHUNKED), chunks(good), CUT], LOST),
  ending("a cut body that the wire ends", (good) => ["HTTP/1.0 200 OK\r\n\r\n", good.slice(0, -4), CUT], LOST),
];

const slow: Fault[] = [
  ending("hang inside the body", () => [LONGER, BODY], maybe(LATE, 200)),
  // The `fetch` of Node does not notice these, and waits.
  ending("garbage for a response", () => [{ beneath: GARBAGE }], UNANSWERED),
  ending("a broken record inside the body", () => [LONGER, BODY, { beneath: BROKEN_RECORD }], LOST),
].map((fault) => ({ ...fault, isSlow: true }));

const misplaced: Fault = {
  name: "TLS where plain HTTP should be",
  when: "first bytes",
  script: () => [HANDSHAKE_FAILURE, CLOSE],
  outcome: NO_HTTP,
  passes: true,
};

export const TLS: Fault[] = [sound, ...untrusted, ...demanding, ...broken, ...ended, ...slow, misplaced];
