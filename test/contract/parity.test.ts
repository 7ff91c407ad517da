import { inspect } from "node:util";
import * as official from "@authsignal/node";
import { describe, expect, it } from "vitest";
import { Authsignal, AuthsignalError } from "../../src/index.ts";
import { invoke } from "./calls.ts";
import { apiSecretKey, facadeOf, only, parsed, useLoopback } from "./harness.ts";
import type { Received } from "./loopback.ts";
import { officialOf, RETURNS_NOTHING, sharedCalls } from "./official.ts";
import { json, type Recorder, record } from "./recorder.ts";
import { firstSuccess, operationNamed } from "./spec.ts";

// The official client and ours make the same calls. differences.test.ts lists the intended differences.

/** Requests that the two clients write differently; differences.test.ts says how and why. */
const WRITTEN_DIFFERENTLY = ["track nothing", "deleteUser withActions"];

const loopback = useLoopback();

function pairOf(status: number, body: unknown): { theirs: Recorder; ours: Recorder } {
  return { theirs: record(loopback, json(status, body)), ours: record(loopback, json(status, body)) };
}

/** Returns the parts of a request that the service uses. */
function meaning({ method, path, headers, body }: Received) {
  const [route, query] = path.split("?");
  const { authorization, "content-type": contentType } = headers;
  return {
    method,
    route,
    query: [...new URLSearchParams(query)].sort(),
    authorization,
    contentType,
    body: parsed(body),
  };
}

describe.each(sharedCalls)("%s", (name, call) => {
  const operation = operationNamed(name);
  const { status, body } = firstSuccess(operation);

  it.each(Object.entries(call.requests))("%s", async (requestName, request) => {
    const { theirs, ours } = pairOf(status, body);
    const theirValue = await invoke(officialOf(operation, theirs.apiUrl), name, request);
    const ourValue = await invoke(facadeOf(operation, ours.apiUrl), name, request);

    const expected = meaning(only(theirs.requests));
    const isDifferent = WRITTEN_DIFFERENTLY.includes(`${name} ${requestName}`);
    expect(expected.authorization).toBe(`Basic ${btoa(`${apiSecretKey}:`)}`);
    if (isDifferent) expect(meaning(only(ours.requests))).not.toEqual(expected);
    else expect(meaning(only(ours.requests))).toEqual(expected);
    if (!RETURNS_NOTHING.includes(name)) expect(ourValue).toEqual(theirValue);
  });

  it("both fail alike on 401", async () => {
    const rejection = operation.responses.find((response) => response.status === "401")?.examples.unauthorized;
    const { theirs, ours } = pairOf(401, rejection);
    const [request] = Object.values(call.requests);
    const theirError = await failureOf(invoke(officialOf(operation, theirs.apiUrl), name, request));
    const ourError = await failureOf(invoke(facadeOf(operation, ours.apiUrl), name, request));

    const { statusCode, errorCode, errorDescription } = Object(theirError);
    expect({ statusCode, errorCode }).toEqual({ statusCode: 401, errorCode: "unauthorized" });
    expect(ourError).toMatchObject({ statusCode, errorCode, errorDescription });
    expect(theirError).toBeInstanceOf(official.AuthsignalError);
    expect(ourError).toBeInstanceOf(AuthsignalError);

    const everything = { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null };
    expect(inspect(theirError, everything)).toContain(apiSecretKey);
    expect(inspect(ourError, everything)).not.toContain(apiSecretKey);
    expect(inspect(ourError, everything)).not.toContain(btoa(apiSecretKey).slice(0, -4));
  });
});

describe("validateChallenge", () => {
  it.each([
    { isValid: true, actionCode: "signIn" },
    { isValid: true, action: "signIn" },
    { isValid: true, action: "signIn", actionCode: "other" },
    { isValid: false, error: "User is invalid." },
  ])("makes the same of $isValid $action $actionCode", async (response) => {
    const { theirs, ours } = pairOf(200, response);
    const request = { token: "eyJhbGciOiJIUzI1NiJ9.e30.c2ln" };
    const expected = await invoke(officialOf("validateChallenge", theirs.apiUrl), "validateChallenge", request);
    expect(await new Authsignal({ apiSecretKey, apiUrl: ours.apiUrl }).validateChallenge(request)).toEqual(expected);
  });
});

it.each(["clé-secrète", "key:with:colons", "key with blanks"])(
  "names itself the same with the secret %s",
  async (secret) => {
    const { theirs, ours } = pairOf(200, { isEnrolled: false });
    await new official.Authsignal({ apiSecretKey: secret, apiUrl: theirs.apiUrl, retries: 0 }).getUser({ userId: "u" });
    await new Authsignal({ apiSecretKey: secret, apiUrl: ours.apiUrl }).getUser({ userId: "u" });
    expect(only(ours.requests).headers.authorization).toBe(only(theirs.requests).headers.authorization);
  },
);

async function failureOf(pending: Promise<unknown>): Promise<unknown> {
  const [result] = await Promise.allSettled([pending]);
  if (result.status === "fulfilled") throw new Error("The call did not fail");
  return result.reason;
}
