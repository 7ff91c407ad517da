import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuthyError, createAuthyClient } from "../../src/authy/index.ts";
import { createAuthsignalClient } from "../../src/client.ts";
import { AuthsignalError, type Fetch } from "../../src/index.ts";
import { allAuthyCalls, apiKey, invokeAuthy, usualArguments } from "../contract/authy/calls.ts";
import { allCalls, invoke, usual } from "../contract/calls.ts";
import { authyOperations, firstSuccess, type Operation, operations, type Spec } from "../contract/spec.ts";
import { client, SECRET, TRANSPORTS } from "../support/clients.ts";
import { hostileText, notText } from "../support/hostile.ts";
import { type RawRequests, serveRawRequests } from "../support/raw-requests.ts";

// An id reaches exactly the route that it belongs to, or nothing is sent. The bytes of the request line are the evidence.

type Ids = Readonly<Record<string, unknown>>;

/** A method that calls an operation with the ids of a test. */
interface Method {
  readonly name: string;
  readonly operation: Operation<Spec>;
  readonly Failure: typeof AuthsignalError | typeof AuthyError;
  readonly call: (ids: Ids, fetch?: Fetch) => Promise<unknown>;
  /** Whether the service can have such an id; undefined if all texts are possible. */
  readonly isPossible?: (name: string, id: string) => boolean;
}

let body = "";
let server: RawRequests;

beforeAll(async () => {
  server = await serveRawRequests(() => body);
});
afterAll(() => server[Symbol.asyncDispose]());

const parametersOf = ({ path }: Operation<Spec>): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
const withIds = <In extends Spec>(all: readonly Operation<In>[]) => all.filter((one) => parametersOf(one).length > 0);

/** The positions of ids among the arguments of the methods of Authy. */
const POSITIONS = new Map([
  ["authy_id", 0],
  ["uuid", 0],
  ["device_id", 0],
  ["token", 1],
]);

function bodyOf({ bodies }: Operation<Spec>): object {
  return bodies ? { body: Object.values(bodies)[0] } : {};
}

function typedCall(typed: object, operation: Operation<Spec>, path: Ids): Promise<unknown> {
  const method: unknown = Reflect.get(typed, operation.method);
  if (typeof method !== "function") throw new Error(`The client has no method ${operation.method}`);
  return method(operation.path, { params: { path }, ...bodyOf(operation) });
}

const methods: readonly Method[] = [
  ...withIds(operations).flatMap((operation): Method[] => [
    {
      name: `Authsignal ${operation.name}`,
      operation,
      Failure: AuthsignalError,
      call: (ids, fetch) => {
        const [, row] = allCalls.find(([name]) => name === operation.name) ?? [];
        if (!row) throw new Error(`There is no call of ${operation.name}`);
        return invoke(client(server.url, { fetch, retries: 0 }), operation.name, { ...Object(usual(row)), ...ids });
      },
    },
    {
      name: `the typed client of Authsignal ${operation.name}`,
      operation,
      Failure: AuthsignalError,
      call: async (ids, fetch) =>
        typedCall(createAuthsignalClient({ apiSecretKey: SECRET, apiUrl: server.url, fetch }), operation, ids),
    },
  ]),
  ...withIds(authyOperations).flatMap((operation): Method[] => [
    {
      name: `Authy ${operation.name}`,
      operation,
      Failure: AuthyError,
      isPossible: (name, id) => (name === "uuid" ? id.trim() !== "" : /^\d+$/.test(id)),
      call: async (ids, fetch) => {
        const [, row] = allAuthyCalls.find(([name]) => name === operation.name) ?? [];
        if (!row) throw new Error(`There is no call of ${operation.name}`);
        const given = [...usualArguments(row)];
        for (const [name, id] of Object.entries(ids)) given[POSITIONS.get(name) ?? Number.NaN] = id;
        return invokeAuthy(operation.name, given, { apiUrl: server.url, fetch, retries: 0 });
      },
    },
    {
      name: `the typed client of Authy ${operation.name}`,
      operation,
      Failure: AuthyError,
      call: async (ids, fetch) => typedCall(createAuthyClient({ apiKey, apiUrl: server.url, fetch }), operation, ids),
    },
  ]),
  // The facade has no method of this name.
].filter(({ name }) => name !== "Authy usersRemove");

it("covers every operation that has an id in its path", () => {
  expect(methods).toHaveLength(2 * withIds(operations).length + 2 * withIds(authyOperations).length - 1);
  expect(withIds(operations)).toHaveLength(13);
  expect(withIds(authyOperations)).toHaveLength(15);
});

describe.each(TRANSPORTS)("over %s", (_transport, { fetch }) => {
  it.each(methods.map((method): [string, Method] => [method.name, method]))(
    "%s sends each id in its path parameter, or nothing",
    async (_name, method) => {
      const parameters = parametersOf(method.operation);
      const usualId = fc.constantFrom("7", "40213377", "0297731", "usr_123");
      const id = fc.oneof(
        { weight: 10, arbitrary: hostileText },
        { weight: 3, arbitrary: usualId },
        { weight: 2, arbitrary: notText },
      );
      body = JSON.stringify(firstSuccess(method.operation).body ?? "").replace(/^""$/, "");
      let arrived = 0;
      await fc.assert(
        fc.asyncProperty(fc.tuple(...parameters.map(() => id)), async (values) => {
          const ids = Object.fromEntries(parameters.map((parameter, index) => [parameter, values[index]]));
          if (await expectExact(method, ids, fetch)) arrived++;
        }),
        { numRuns: 100, examples: [[parameters.map(() => "0297731")], [parameters.map(() => "..")]] },
      );
      expect(arrived).toBeGreaterThan(0);
    },
  );
});

/** Makes a call, and compares it with the request that was sent. Returns whether one was sent. */
async function expectExact(
  { operation, Failure, call, isPossible }: Method,
  ids: Ids,
  fetch?: Fetch,
): Promise<boolean> {
  const before = server.received.length;
  const outcome = await call(ids, fetch).then(
    () => "done",
    (error: unknown) => error,
  );
  const lines = server.received.slice(before).map(({ line }) => line);
  if (outcome !== "done") {
    expect(outcome).toBeInstanceOf(Failure);
    expect(outcome).toMatchObject({ errorCode: "invalid_argument", attempts: 0, mayHaveBeenProcessed: false });
    expect(lines).toEqual([]);
    const isGood = ([name, id]: [string, unknown]) => isAddressable(id) && (isPossible?.(name, id) ?? true);
    if (!isPossible) expect(Object.entries(ids).every(isGood)).toBe(false);
    return false;
  }
  expect(lines).toHaveLength(1);
  const [method, target = "", version, ...more] = lines[0]?.split(" ") ?? [];
  expect([method, version, more]).toEqual([operation.method, "HTTP/1.1", []]);
  expect(target).toMatch(/^[\x21-\x7e]+$/);
  const [path = "", ...queries] = target.split("?");
  expect(queries.length).toBeLessThan(2);
  const wanted = operation.path.split("/").map((part) => (part.startsWith("{") ? ids[part.slice(1, -1)] : part));
  // Authy's ids may be numbers.
  expect(path.split("/").map(decodeURIComponent)).toEqual(wanted.map((one) => (isPossible ? String(one) : one)));
  for (const [name, id] of Object.entries(ids)) expect(isPossible?.(name, String(id)) ?? isAddressable(id)).toBe(true);
  return true;
}

function isAddressable(id: unknown): id is string {
  return typeof id === "string" && !["", ".", ".."].includes(id) && id.isWellFormed();
}
