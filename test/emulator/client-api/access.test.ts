import { describe, expect, it } from "vitest";
import { routes } from "../../../generated/client-api-data.ts";
import { post, refusal, startClient } from "../../support/emulator/client-api.ts";
import { action, basic, CODE, clientOf, phoneNumber, userId } from "../../support/emulator/emulator.ts";

const paths = Object.values(routes).map((route) => route.replace("POST /client/", ""));
const invalid = (words: RegExp) => refusal(401, "unauthorized", expect.stringMatching(words));

describe("the token", () => {
  it.each(paths)("is wanted for %s", async (path) => {
    const { emulator } = startClient();
    const answer = await post(emulator, path, undefined);
    expect(answer, "the browser SDK sends the id of the tenant where it has no token").toMatchObject(
      invalid(/^There is no token.*track gave.*setToken/),
    );
    const problem = expect.stringContaining("There is no token");
    expect(emulator.requests.list()).toMatchObject([{ status: 401, path: `/v1/client/${path}`, problem }]);
  });

  it.each([
    ["no header", undefined],
    ["the secret key", basic("sk_emulator_default")],
    ["the secret key as a token", "Bearer sk_emulator_default"],
    ["an empty token", "Bearer "],
    ["what is no token", "Bearer a.b.c"],
  ])("is not %s", async (_what, authorization) => {
    const { emulator } = startClient();
    const headers = { "content-type": "application/json", ...(authorization && { authorization }) };
    const response = await emulator.fetch(`${emulator.apiUrl}/client/challenge/sms`, { method: "POST", headers });
    expect({ status: response.status, body: await response.json() }).toMatchObject(invalid(/./));
    expect(JSON.stringify(emulator.requests.list())).not.toMatch(/sk_/);
  });

  it.each(paths)("is refused for %s when it has expired, in the way that the browser SDK knows", async (path) => {
    const { emulator, send, track } = startClient();
    const token = await track();
    emulator.clock.advance("10m");
    expect(await send(path, token)).toMatchObject(refusal(401, "expired_token", "Token has expired."));
    expect(emulator.requests.list().at(-1)).toMatchObject({ status: 401, problem: "Token has expired." });
  });

  it.each(["validateChallenge", "createSession"] as const)("is spent by %s", async (spend) => {
    const { authsignal, send, verified } = startClient();
    const { before, token } = await verified();
    const enroll = (one: string) => send("user-authenticators/totp", one);
    expect((await enroll(token)).status).toBe(200);
    if (spend === "createSession") await authsignal.createSession({ token, clientId: "app" });
    else await authsignal.validateChallenge({ token });
    expect(await enroll(token)).toMatchObject(refusal(401, "unauthorized", "Token has been used already."));
    const other = await enroll(before);
    expect(other.status, "another token of the action is not spent, but allows no more than it did").toBe(403);
  });

  it("may be used more than once where tokens are good for more", async () => {
    const { authsignal, send, verified } = startClient({ singleUseTokens: false });
    const { token } = await verified();
    await authsignal.validateChallenge({ token });
    expect((await send("user-authenticators/totp", token)).status).toBe(200);
  });

  it("must be signed with the key of the tenant that it names", async () => {
    const { emulator, track } = startClient();
    const token = await track();
    const [header, , signature] = token.split(".");
    const claims = { other: { tenantId: emulator.tenantId }, sub: "usr_2" };
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    const unsigned = [Buffer.from('{"alg":"none"}').toString("base64url"), token.split(".")[1], ""].join(".");
    for (const one of [forged, unsigned, `${token}x`]) {
      expect(await post(emulator, "challenge/sms", one)).toMatchObject(invalid(/^Token is invalid/));
    }
    const other = startClient({ apiSecretKey: "sk_emulator_other" });
    expect(await post(other.emulator, "challenge/sms", token)).toMatchObject(invalid(/^Token is invalid/));
  });

  it.each(["null", "5", '"text"', "[]", "{}", '{"other":5}', '{"other":{"tenantId":{}}}', "{", ""])(
    "cannot hold %s",
    async (claims) => {
      const { emulator } = startClient();
      const token = ['{"alg":"HS256"}', claims, "x"].map((part) => Buffer.from(part).toString("base64url")).join(".");
      expect(await post(emulator, "challenge/sms", token)).toMatchObject(invalid(/^Token is invalid/));
    },
  );

  it("dies with its action", async () => {
    const { authsignal, send, track } = startClient();
    const token = await track();
    await authsignal.deleteUser({ userId });
    expect(await send("challenge/sms", token)).toMatchObject(invalid(/its action is gone/));
  });

  it("is looked at when the body is there, so that of two verifications at once the second finds what the first did", async () => {
    const { emulator, enroll, track } = startClient();
    await enroll();
    const token = await track();
    await post(emulator, "challenge/sms", token);
    const verify = () => post(emulator, "verify/sms", token, { verificationCode: CODE });
    const answers = await Promise.all([verify(), verify(), verify()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it("says whose tenant is meant", async () => {
    const { emulator, track } = startClient();
    const tenant = emulator.tenant("sk_emulator_second");
    tenant.rules.set(action, "CHALLENGE");
    const second = clientOf(emulator, { apiSecretKey: tenant.apiSecretKey });
    const attributes = { verificationMethod: "SMS", phoneNumber: "+64270000002" } as const;
    await second.enrollVerifiedAuthenticator({ userId, attributes });
    const { token } = await second.track({ userId, action });
    const before = emulator.requests.list().length;
    expect((await post(emulator, "challenge/sms", token)).status).toBe(200);
    expect(tenant.outbox.list()).toMatchObject([{ to: "+64270000002" }]);
    expect(emulator.outbox.list()).toEqual([]);
    expect(tenant.requests.list().at(-1)).toMatchObject({ operation: "challengeSms", status: 200 });
    expect(emulator.requests.list()).toHaveLength(before);
    const mine = await post(emulator, "verify/sms", await track(), { verificationCode: CODE });
    expect(mine, "the challenge of the same user of another tenant").toMatchObject(refusal(400, "invalid_request"));
  });

  it("opens one action, and not the others of the user", async () => {
    const { enroll, send, track } = startClient();
    await enroll();
    const [token, other] = [await track(), await track()];
    await send("challenge/sms", token);
    const answer = await send("verify/sms", other, { verificationCode: CODE });
    expect(answer).toMatchObject(refusal(400, "invalid_request", expect.stringContaining("Nothing was sent")));
  });
});

describe("the request log", () => {
  it("has the requests of the Client API, under the id that the answer bears, without their token", async () => {
    const { emulator, enroll, send, track } = startClient();
    await enroll();
    const token = await track();
    const sent = await send("challenge/sms", token);
    const bad = await send("verify/sms", token, { code: CODE });
    const problem = expect.stringContaining("body.code is not in the spec");
    const logged = emulator.requests.list().slice(-2);
    expect(logged).toEqual([
      {
        receivedAt: expect.any(String),
        duration: expect.any(Number),
        requestId: sent.headers.get("x-request-id"),
        operation: "challengeSms",
        method: "POST",
        path: "/v1/client/challenge/sms",
        status: 200,
        answer: sent.body,
      },
      expect.objectContaining({
        requestId: bad.headers.get("x-request-id"),
        operation: "verifySms",
        status: 400,
        body: { code: CODE },
        problem,
        answer: bad.body,
      }),
    ]);
    expect(JSON.stringify(logged)).not.toContain(token);
  });
});

describe("a fault", () => {
  it.each(Object.keys(routes))("hits %s", async (operation) => {
    const { emulator, send, track } = startClient();
    const token = await track();
    emulator.faults.add({ operations: [operation], times: 1, status: 503 });
    const path = paths[Object.keys(routes).indexOf(operation)] ?? "";
    const answer = await send(path, token, {});
    expect(answer).toMatchObject({ status: 503, body: { message: "The emulator was told to fail" } });
    expect(emulator.requests.list().at(-1)).toMatchObject({ operation, fault: true, status: 503 });
    expect((await send(path, token, {})).status).not.toBe(503);
  });

  it("may come after the work is done, and makes a retried enrollment no second one", async () => {
    const { emulator, send, track } = startClient();
    const token = await track();
    emulator.faults.add({ operations: ["enrollSms"], times: 1, status: 500, processed: true });
    expect((await send("user-authenticators/sms", token, { phoneNumber })).status).toBe(500);
    expect((await send("user-authenticators/sms", token, { phoneNumber })).status).toBe(200);
    expect(emulator.export().challenges).toHaveLength(1);
  });
});
