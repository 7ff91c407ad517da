import { gzipSync } from "node:zlib";
import { BOTH, type Fault, type Scene } from "../fault.ts";
import { head, json, large, response } from "../responses.ts";
import { CLOSE } from "../script.ts";
import { ODD_SPELLINGS, USUAL_SPELLINGS, WITHIN_BASE64 } from "../spellings.ts";
import { refused, unusable } from "./outcomes.ts";

/** The statuses by which a service says that it did nothing. */
const REFUSALS = [400, 401, 403, 404, 409, 422, 429];

/** The statuses by which a service says that a retry may succeed. */
const PASSING = [408, 429, 500, 502, 503, 504];

/** The `errorCode` of a status whose body holds none. */
const CODES = new Map([
  [400, "invalid_request"],
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not_found"],
  [409, "conflict"],
  [422, "invalid_request"],
  [429, "too_many_requests"],
]);

/** Every form in which a response can hold the secret of the request. */
const ECHO = [...Object.values(USUAL_SPELLINGS), WITHIN_BASE64].join(" ");
const ECHO_IN_HEADERS = [
  `x-request-id: ${Buffer.from(ECHO).toString("latin1")}`,
  `x-echo: ${USUAL_SPELLINGS["base64 of the credentials"]}`,
];

/** An error of the service. With a 5xx the request may have been carried out, with a 4xx it was not. */
function error(status: number, kind: string, bytes: (scene: Scene) => Uint8Array, code = CODES.get(status)): Fault {
  const isRefusal = REFUSALS.includes(status);
  return {
    name: `${status} ${kind}`,
    when: "request",
    acts: status >= 500 || status === 408,
    script: (scene) => [bytes(scene)],
    outcome: refused(status, code ?? "invalid_response"),
    passes: PASSING.includes(status),
    harmlessTo: isRefusal ? BOTH : undefined,
  };
}

const WITH_JSON = [400, 401, 403, 404, 405, 408, 409, 422, 429, 451];
const FAILURES_WITH_JSON = [500, 501, 502, 503, 504, 599];

const named = [...WITH_JSON, ...FAILURES_WITH_JSON].map((status) => {
  const body = { errorCode: "special", error: "other", errorDescription: `You sent ${ECHO}` };
  return error(status, "with JSON", () => json(status, body, ...ECHO_IN_HEADERS), "special");
});

/** The statuses with bodies that add nothing to the status; each body occurs once for each kind of status. */
const BODIES: [kind: string, statuses: number[], body: string | Uint8Array, ...headers: string[]][] = [
  ["with a message", [400, 401, 403, 404, 429, 500, 503], JSON.stringify({ message: `You sent ${ECHO}` })],
  ["with HTML", [400, 403, 502, 503], `<html><body>${ECHO}</body></html>`, "content-type: text/html"],
  ["with null", [400, 503], "null"],
  ["with a number", [400, 503], "42"],
  ["with an array", [400, 503], JSON.stringify([ECHO])],
  [
    "with strange fields",
    [400, 503],
    JSON.stringify({ errorCode: { a: 1 }, error: 7, errorDescription: [ECHO], message: null }),
  ],
  ["with an array 100,000 deep", [400], `{"errorCode":"deep","x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ["without a body", [400, 401, 404, 408, 429, 500, 503], ""],
  ["with gzip", [400, 503], gzipSync(JSON.stringify({ message: "m" })), "content-encoding: gzip"],
];

const plain = BODIES.flatMap(([kind, statuses, body, ...headers]) =>
  statuses.map((status) => error(status, kind, () => response(status, body, ...headers))),
);

const huge = [400, 503].map((status): Fault => {
  const whole = error(status, "with a huge body", () => new Uint8Array());
  return { ...whole, script: () => large(status, 20) };
});

const cut = [400, 429, 503].map((status): Fault => {
  const whole = error(status, "with a cut body", () => new Uint8Array());
  return { ...whole, script: () => [head(status, "content-length: 900"), '{"errorCode":"spec', CLOSE] };
});

const secretive: Fault[] = [
  error(400, "with the secret in its reason", () => response(`400 You sent ${USUAL_SPELLINGS.hex}`, "")),
  ...Object.entries(ODD_SPELLINGS).map(([spelling, text]) =>
    error(400, `with the secret in ${spelling}`, () => json(400, { message: `You sent ${text}` })),
  ),
];

/** Values of `Retry-After`, and whether the deadline leaves time for them. */
const WAITS: [kind: string, value: () => string, fits: boolean][] = [
  ["seconds", () => "1", true],
  ["a date", () => new Date(Date.now() + 1_000).toUTCString(), true],
  ["a past date", () => new Date(0).toUTCString(), true],
  ["negative seconds", () => "-5", true],
  ["a day", () => "86400", false],
  ["a date in a year", () => new Date(Date.now() + 365 * 86_400_000).toUTCString(), false],
  ["nothing", () => "", true],
  ["no wait", () => "0", true],
  ["two values", () => "1\r\nretry-after: 0", true],
  ["endless seconds", () => "9".repeat(400), false],
  ["garbage", () => "soon, 1e3 \u00e9", true],
  ["garbage with a number", () => "Later 5", true],
];

/** The values that are tried with each status; the others are tried with one. */
const OFTEN_WAITED = ["seconds", "a date", "a day"];

const waiting = [429, 503].flatMap((status) =>
  WAITS.filter(([kind]) => status === 503 || OFTEN_WAITED.includes(kind)).map(([kind, value, fits]) => {
    const whole = error(status, `with Retry-After as ${kind}`, () => json(status, {}, `retry-after: ${value()}`));
    return { ...whole, passes: fits };
  }),
);

const redirects = [300, 301, 302, 303, 304, 305, 307, 308].flatMap((status) => {
  const places: [string, (scene: Scene) => string][] = [
    ["to the same origin", () => `location: /elsewhere?${encodeURIComponent(ECHO)}`],
    ["to another origin", ({ otherPort }) => `location: http://127.0.0.1:${otherPort}/users/u`],
  ];
  return places.map(([place, location]): Fault => {
    const bytes = (scene: Scene) =>
      status === 304 ? head(304, location(scene)) : response(status, "", location(scene));
    return {
      ...error(status, place, () => new Uint8Array()),
      script: (scene) => [bytes(scene)],
      outcome: unusable(status),
      harmlessTo: BOTH,
    };
  });
});

function redirect(kind: string, bytes: (scene: Scene) => Uint8Array): Fault {
  return { ...error(302, kind, bytes), outcome: unusable(302), harmlessTo: BOTH };
}

/** Redirects that lead nowhere, and one with the body of a good response. */
const lost: Fault[] = [
  redirect("without a place", () => response(302, "")),
  redirect("to nonsense", () => response(302, "", "location: http://[::1")),
  redirect("to itself", () => response(302, "", "location: ?")),
  redirect("with the good response", ({ good }) => json(302, good, "location: /elsewhere")),
];

export const STATUSES: Fault[] = [...named, ...plain, ...huge, ...cut, ...secretive, ...waiting, ...redirects, ...lost];
