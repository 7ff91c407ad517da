import * as official from "@authsignal/node";
import { describe, expect, it } from "vitest";
import { accessTo, type Scene, useEmulator } from "../../contract/emulated.ts";
import { expectedOf, perform } from "../../contract/emulated-run.ts";
import { OURS_ALONE, RETURNS_NOTHING, sharedCalls } from "../../contract/official.ts";
import { type Api, operationNamed, operations } from "../../contract/spec.ts";

// The official client for Node.js, unmodified, against the emulator. It knows nothing of our descriptions.

const stage = useEmulator();

/** The official client of an API. Retries would be installed on the axios of the process. */
function clientOf(api: Api, scene: Scene): official.Authsignal | official.CallConnect {
  const options = { ...accessTo(api, scene), retries: 0 };
  return api === "authsignal" ? new official.Authsignal(options) : new official.CallConnect(options);
}

/** What a call rejects with. */
async function failureOf(pending: Promise<unknown>): Promise<unknown> {
  const [result] = await Promise.allSettled([pending]);
  if (result.status === "fulfilled") throw new Error("The call did not fail");
  return result.reason;
}

it("has 21 of the operations, and the two of Call Connect", () => {
  const names = sharedCalls.map(([name]) => name);
  expect(names).toHaveLength(21 + 2);
  expect([...names, ...OURS_ALONE].sort()).toEqual(operations.map(({ name }) => name).sort());
});

describe.each(sharedCalls)("%s", (name, call) => {
  const { api } = operationNamed(name);

  it.each(Object.entries(call.requests))("does %s", async (requestName, request) => {
    const scene = stage.scene();
    const { value, changes } = await perform(scene, clientOf(api, scene), name, request);
    const expected = expectedOf(name, requestName);
    expect({ value, changes }).toEqual(RETURNS_NOTHING.includes(name) ? { ...expected, value: undefined } : expected);
  });

  it("says that a secret is wrong", async () => {
    const scene = stage.scene();
    const { apiUrl } = accessTo(api, scene);
    const wrong = { apiUrl, apiSecretKey: "invalid_secret", retries: 0 };
    const client = api === "authsignal" ? new official.Authsignal(wrong) : new official.CallConnect(wrong);
    const [request] = Object.values(call.requests);
    const method: unknown = Reflect.get(client, name);
    if (typeof method !== "function") throw new Error(`The client has no method ${name}`);
    const error = await failureOf(method.call(client, request));
    const errorDescription =
      "The request is unauthorized. Check that your API key and region base URL are correctly configured.";
    expect(error).toBeInstanceOf(official.AuthsignalError);
    expect(error).toMatchObject({
      statusCode: 401,
      errorCode: "unauthorized",
      errorDescription,
      message: `AuthsignalError: 401 - ${errorDescription}`,
    });
    expect(scene.tenant.requests.list()).toEqual([]);
  });
});
