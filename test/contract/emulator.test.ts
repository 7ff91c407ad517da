import { describe, expect, it } from "vitest";
import { Authsignal, type Fetch } from "../../src/index.ts";
import { allCalls, calls, returned } from "./calls.ts";
import { accessTo, facadeAt, stepUp, useEmulator } from "./emulated.ts";
import { expectedOf, perform } from "./emulated-run.ts";
import { NOW_SECONDS, userId } from "./emulated-seed.ts";
import { operationNamed } from "./spec.ts";

// Our calls against the emulator, which has state, so that the exact responses are known. emulator-canary.test.ts shows that it
// validates requests.

const TRANSPORTS: Record<string, Fetch | undefined> = { "node:http": undefined, fetch: globalThis.fetch };

const stage = useEmulator();

describe.each(Object.entries(TRANSPORTS))("over %s", (_transport, fetch) => {
  describe.each(allCalls)("%s", (name, call) => {
    const { api } = operationNamed(name);

    it.each(Object.entries(call.requests))("does %s", async (requestName, request) => {
      const scene = stage.scene();
      const client = facadeAt(api, accessTo(api, scene), fetch);
      const { value, response, changes } = await perform(scene, client, name, request);
      expect(value).toStrictEqual(returned(call, response));
      expect({ value, changes }).toEqual(expectedOf(name, requestName));
    });
  });

  it("gives a token for a verified challenge, which is valid once", async () => {
    const client = new Authsignal({ ...accessTo("authsignal", stage.scene()), fetch });
    await client.verify(calls.verify.requests.code);
    const { token } = await client.claimChallenge(calls.claimChallenge.requests.claim);
    const request = { token, userId, action: "signInWithSms" };
    expect(await client.validateChallenge({ ...request, userId: "usr_124" })).toEqual({
      isValid: false,
      error: "User is invalid.",
    });
    expect(await client.validateChallenge(request)).toMatchObject({
      isValid: true,
      state: "CHALLENGE_SUCCEEDED",
      action: "signInWithSms",
      verificationMethod: "SMS",
    });
    expect(await client.validateChallenge(request)).toMatchObject({ isValid: false, error: expect.any(String) });
  });

  it("gives tokens with the documented claims", async () => {
    const scene = stage.scene();
    const access = accessTo("authsignal", scene);
    const { token } = await stepUp(scene);
    expect(claimsOf(token)).toMatchObject({
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 600,
      sub: userId,
      scope: "read:authenticators",
      other: {
        tenantId: scene.tenant.tenantId,
        userId,
        actionCode: "signIn",
        idempotencyKey: calls.getAction.requests.byKey.idempotencyKey,
      },
    });
    const request = { ...calls.createSession.requests.create, token };
    const { accessToken } = await new Authsignal({ ...access, fetch }).createSession(request);
    expect(claimsOf(accessToken)).toMatchObject({
      exp: NOW_SECONDS + 3_600,
      sub: userId,
      aud: calls.createSession.requests.create.clientId,
    });
  });
});

/** Decodes the claims of a token. */
function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
