import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuthyError } from "../../src/authy/index.ts";
import { Authsignal, AuthsignalError, CallConnect, type Fetch } from "../../src/index.ts";
import { TRANSPORTS } from "../support/clients.ts";
import { serve, type TestServer } from "../support/server.ts";
import { allAuthyCalls, invokeAuthy, usualArguments } from "./authy/calls.ts";
import { type BadBody, badBodies } from "./bad-bodies.ts";
import { allCalls, invoke, usual } from "./calls.ts";
import { apiSecretKey } from "./harness.ts";
import { type Promised, promisesOf } from "./promised.ts";
import { authyOperationNamed, firstSuccess, type Json, operationNamed } from "./spec.ts";

// A 200 that is none must never become a value. Which bodies are none is read from the descriptions in openapi/.

type Outcome = "value" | "refusal" | `something else: ${string}`;

/** Cells in which the client has a known defect, as `operation: body`. A fix removes its line. */
const KNOWN_DEFECTS: readonly string[] = [];

const LARGEST_BODY = 8 * 1024 * 1024;
const DEEPEST = 500;

const promises = new Map([...promisesOf("authsignal"), ...promisesOf("call-connect"), ...promisesOf("authy")]);
const prototypes = [Object.prototype, Array.prototype, Function.prototype];
const namesOfPrototypes = () => prototypes.map((one) => Reflect.ownKeys(one));
const namesBefore = namesOfPrototypes();

/** What the server answers with at the moment. */
let answer: { body: string | Uint8Array; headers?: BadBody["headers"] } = { body: "" };
let server: TestServer;

beforeAll(async () => {
  server = await serve((response) => {
    response.writeHead(200, { "content-type": "application/json", ...answer.headers }).end(answer.body);
  });
});
afterAll(() => server[Symbol.asyncDispose]());

describe.each(TRANSPORTS)("a 200 over %s", (_name, { fetch }) => {
  it.each(allCalls)(
    "of %s is a value only when the description allows its body",
    { timeout: 60_000 },
    async (name, call) => {
      const operation = operationNamed(name);
      const request = usual(call);
      const options = { apiSecretKey, apiUrl: server.url, fetch, retries: 0 };
      const client = operation.api === "authsignal" ? new Authsignal(options) : new CallConnect(options);
      await expectJustice(name, firstSuccess(operation).body ?? {}, () =>
        invoke(client, name, request).then((): Outcome => "value", refusalOf(AuthsignalError)),
      );
    },
  );

  it.each(allAuthyCalls)(
    "of %s is a value only when the description allows its body",
    { timeout: 60_000 },
    async (name, call) => {
      const good = firstSuccess(authyOperationNamed(name)).body ?? {};
      await expectJustice(name, good, () => askAuthy(name, usualArguments(call), fetch));
    },
  );

  it.each(allAuthyCalls)("of %s is no success when it says so itself", async (name, call) => {
    const good = firstSuccess(authyOperationNamed(name)).body ?? {};
    const outcomes: Outcome[] = [];
    for (const success of [false, "false"]) {
      answer = { body: JSON.stringify({ ...Object(good), success }) };
      outcomes.push(await askAuthy(name, usualArguments(call), fetch));
    }
    expect(outcomes).toEqual(["refusal", "refusal"]);
  });
});

it("leaves the prototypes as they were", () => {
  expect(Reflect.get({}, "spoilt")).toBeUndefined();
  expect(namesOfPrototypes()).toEqual(namesBefore);
});

it("spoils every operation in about thirty ways at least", () => {
  const names = [...allCalls, ...allAuthyCalls].map(([name]) => name);
  expect(names).toHaveLength(28 + 23);
  expect(new Set(names)).toEqual(new Set(promises.keys()));
  for (const name of names) {
    const bodies = bodiesFor(name, goodBodyOf(name)).filter(
      ({ make }) => !isAllowed(make(goodBodyOf(name)), promiseOf(name)),
    );
    expect(bodies.length, name).toBeGreaterThanOrEqual(30);
  }
});

/** Asks an operation for every body, and compares what became of it with what the description says. */
async function expectJustice(name: string, good: Json, ask: () => Promise<Outcome>): Promise<void> {
  const promised = promiseOf(name);
  const wrong: string[] = [];
  const whole: BadBody = { name: "the answer itself", make: () => (promised.fits(good) ? JSON.stringify(good) : "") };
  for (const { name: kind, make, headers } of [whole, ...bodiesFor(name, good)]) {
    const body = make(good);
    answer = { body, headers };
    const wanted: Outcome = isAllowed(body, promised) ? "value" : "refusal";
    const outcome = await ask();
    if (outcome !== wanted) wrong.push(`${name}: ${kind} is ${outcome}`);
  }
  expect(wrong).toEqual(KNOWN_DEFECTS.filter((defect) => defect.startsWith(`${name}:`)));
}

/** The common bodies, and one for each way in which each required field can be wrong. */
function bodiesFor(name: string, good: Json): BadBody[] {
  const promised = promiseOf(name);
  const others: (Json | undefined)[] = [undefined, null, "text", "", "true", 42, 0, true, [], [null], {}, { a: 1 }];
  const spoilt = promised
    .requiredIn(good)
    .flatMap((path) =>
      others.map((other): [string, Json] => [
        `${path.join(".")} as ${JSON.stringify(other) ?? "missing"}`,
        withAt(good, path, other),
      ]),
    );
  const wrong = spoilt.filter(([, value]) => !promised.fits(value));
  return [...badBodies, ...wrong.map(([kind, value]) => ({ name: kind, make: () => JSON.stringify(value) }))];
}

/** A copy of a JSON value that holds something else at a place, or nothing. */
function withAt(value: Json, [key, ...path]: readonly (string | number)[], other: Json | undefined): Json {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => (index === key ? changed(item, path, other) : [item]));
  }
  const fields = Object.entries<Json>(Object(value));
  return Object.fromEntries(
    fields.flatMap(([name, inner]) =>
      name === key ? changed(inner, path, other).map((one) => [name, one]) : [[name, inner]],
    ),
  );
}

function changed(inner: Json, path: readonly (string | number)[], other: Json | undefined): Json[] {
  if (path.length > 0) return [withAt(inner, path, other)];
  return other === undefined ? [] : [other];
}

/** Whether a description allows a body, within the limits of size and depth that the client documents. */
function isAllowed(body: string | Uint8Array, { fits, mayBeEmpty }: Promised): boolean {
  if (Buffer.byteLength(body) > LARGEST_BODY) return false;
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  if (text === "") return mayBeEmpty;
  try {
    const value: Json = JSON.parse(text);
    return !isTooDeep(value) && fits(value);
  } catch {
    return false;
  }
}

function isTooDeep(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST + 1) return true;
    level = level.flatMap((one) => Object.values<Json>(one !== null && typeof one === "object" ? one : {}));
  }
  return false;
}

async function askAuthy(name: string, given: readonly unknown[], fetch: Fetch | undefined): Promise<Outcome> {
  return invokeAuthy(name, given, { apiUrl: server.url, fetch, retries: 0 }).then((result): Outcome => {
    if (result.ok()) return "value";
    return result.error instanceof AuthyError ? "refusal" : "something else: a result without its error";
  }, refusalOf(AuthyError));
}

/** Makes the function that says whether what a call rejected with is what it should. */
function refusalOf(Failure: typeof AuthsignalError | typeof AuthyError): (error: unknown) => Outcome {
  return (error) => {
    if (!(error instanceof Failure)) return `something else: ${error}`;
    const { statusCode, errorCode, mayHaveBeenProcessed, attempts } = error;
    const told = `${statusCode} ${errorCode}, ${mayHaveBeenProcessed}, ${attempts}`;
    return told === "200 invalid_response, true, 1" ? "refusal" : `something else: ${told}`;
  };
}

function promiseOf(name: string): Promised {
  const promised = promises.get(name);
  if (!promised) throw new Error(`No description has an operation ${name}`);
  return promised;
}

function goodBodyOf(name: string): Json {
  const isAuthy = allAuthyCalls.some(([one]) => one === name);
  return firstSuccess(isAuthy ? authyOperationNamed(name) : operationNamed(name)).body ?? {};
}
