import { describe, expect, expectTypeOf, it } from "vitest";
import { samples } from "../../generated/authy-events.ts";
import { type CallbackRequest, InvalidSignatureError, type OneTouchCallback } from "../../src/authy/index.ts";
import { oneTouchSignature } from "../../src/authy/one-touch-signature.ts";
import { snakeCase } from "../../src/index.ts";
import { authyAt } from "../support/authy/support.ts";
import { VECTORS, type Vector } from "../support/authy/vectors.ts";
import { failureOf } from "../support/clients.ts";

const URL_OF_CALLBACK = "https://hooks.example.com/authy/onetouch";
const { oneTouch } = authyAt("https://gateway.example.com");
const KEY = "AuthyExampleKey+/=0000000000000A";

/** A callback as it arrives. */
function requestOf({
  method,
  url,
  params,
  nonce,
  signature,
}: Omit<Vector, "id" | "key" | "isGood" | "canonical">): Request {
  const headers = { "x-authy-signature": signature, "x-authy-signature-nonce": nonce };
  return method === "GET"
    ? new Request(`${url}?${params}`, { headers })
    : new Request(url, { method, headers, body: params });
}

/** A callback that we have signed ourselves. */
function signed(method: "GET" | "POST", params: string): Request {
  const call = { method, url: URL_OF_CALLBACK, nonce: "1653487601", params };
  return requestOf({ ...call, signature: oneTouchSignature(KEY, call) ?? "" });
}

function vector(id: string): Vector {
  const found = VECTORS.find((one) => one.id === id);
  if (!found) throw new Error(`There is no vector ${id}`);
  return found;
}

const readVector = (id: string): Promise<OneTouchCallback> =>
  authyAt("https://gateway.example.com", { apiKey: vector(id).key }).oneTouch.readCallback(requestOf(vector(id)));

describe("readCallback", () => {
  it("gives a POST in camelCase, and what the user was shown as it is", async () => {
    const details = { Amount: "480.00 EUR", accountName: "a", account_name: "b" };
    const { approval_request, ...rest } = samples.oneTouchCallback;
    const transaction = { ...approval_request.transaction, details };
    const body = { ...rest, approval_request: { ...approval_request, transaction } };
    const callback = await oneTouch.readCallback(signed("POST", JSON.stringify(body)));
    expect(callback).toMatchObject({
      authyId: rest.authy_id,
      callbackAction: "approval_request_status",
      uuid: rest.uuid,
      status: "approved",
      approvalRequest: {
        internalAppId: approval_request.app_id,
        expirationTimestamp: approval_request.expiration_timestamp,
        transaction: { details, hiddenDetails: { transfer_id: "tr_58121" }, requesterDetails: null, flagged: false },
      },
      device: { osType: "android", enabledUnlockMethods: ["pin", "fingerprint"], multideviceEnabled: true },
    });
    expectTypeOf(callback.status).toExtend<string>();
  });

  it("gives a GET the types that a POST has", async () => {
    const callback = await readVector("J5");
    expect(callback).toMatchObject({
      authyId: 688611,
      uuid: "7e272da0-c015-0135-eafc-0e5d90336a8c",
      status: "approved",
      approvalRequest: {
        expirationTimestamp: 1513023630,
        logos: null,
        transaction: {
          flagged: false,
          details: null,
          message: "Authorize OneTouch Unit Test",
          createdAtTime: 1512937230,
        },
      },
      device: { id: 2102943, lastAccountRecoveryAt: null, registrationMethod: "sms" },
    });
    const withLogo = await readVector("J7");
    expect(withLogo.approvalRequest).toMatchObject({
      logos: [{ res: "default", url: "https://www.itsalllost.com/wp-content/uploads/2017/04/twilio-logo-red.png" }],
      transaction: {
        details: { cosa1: "cosa1", location: "California,USA" },
        hiddenDetails: { ip_address: "10.10.3.203" },
      },
    });
  });

  it("leaves the texts of a GET alone that look like numbers or flags", async () => {
    const query =
      "approval_request[transaction][details][year]=2024&approval_request[transaction][message]=true&status=denied&uuid=42";
    const callback = await oneTouch.readCallback(signed("GET", query));
    expect(callback).toEqual({
      uuid: "42",
      status: "denied",
      approvalRequest: { transaction: { details: { year: "2024" }, message: "true" } },
    });
  });

  it.each(VECTORS.filter(({ isGood }) => isGood).map(({ id }) => id))("verifies vector %s", async (id) => {
    const isCallback = !/^[NP][12]$/.test(id);
    if (isCallback) expect(await readVector(id)).toMatchObject({ status: expect.stringMatching(/approved|denied/) });
    else
      expect(await failureOf(readVector(id))).toMatchObject({ message: expect.stringMatching(/^Callback is invalid/) });
  });

  it("refuses vector N4", async () => {
    expect(await failureOf(readVector("N4"))).toBeInstanceOf(InvalidSignatureError);
  });

  it.each([
    [
      "a name that stands for another place in what is signed",
      '{"uuid":"u","status":"denied","approval_request[status]":"approved"}',
    ],
    [
      "such a name deeper inside",
      '{"uuid":"u","status":"denied","approval_request":{"transaction][status":"approved"}}',
    ],
    ["a list in the place of an object", '{"uuid":"u","status":"denied","approval_request":["x"]}'],
    ["a text in the place of an object", '{"uuid":"u","status":"denied","device":"x"}'],
    ["a number in the place of a text", '{"uuid":"u","status":"denied","signature":7}'],
  ])("refuses %s, though it is signed", async (_what, body) => {
    expect(await failureOf(oneTouch.readCallback(signed("POST", body)))).toMatchObject({
      name: "InvalidSignatureError",
      message: expect.stringMatching(/^Callback is invalid/),
    });
  });

  it("gives numbers and flags that came as texts their types", async () => {
    const body =
      '{"uuid":"u","status":"denied","authy_id":"40213377","approval_request":{"transaction":{"flagged":"true"}}}';
    const callback = await oneTouch.readCallback(signed("POST", body));
    expect(callback).toMatchObject({ authyId: 40213377, approvalRequest: { transaction: { flagged: true } } });
  });

  it("refuses a second question mark, which is a part of the query then", async () => {
    const request = signed("GET", "status=approved&uuid=u");
    const twice = new Request(request.url.replace("?", "??"), { headers: request.headers });
    expect(await oneTouch.readCallback(request)).toMatchObject({ status: "approved" });
    expect(await failureOf(oneTouch.readCallback(twice))).toBeInstanceOf(InvalidSignatureError);
  });

  it.each(["{}", '{"uuid":"u"}', '{"uuid":"u","status":7}', '{"uuid":null,"status":"approved"}'])(
    "refuses %s, though it is signed",
    async (body) => {
      expect(await failureOf(oneTouch.readCallback(signed("POST", body)))).toBeInstanceOf(InvalidSignatureError);
    },
  );

  it("verifies behind a proxy by the URL that is configured", async () => {
    const call = { method: "POST" as const, nonce: "n", params: JSON.stringify(samples.oneTouchCallback) };
    const signature = oneTouchSignature(KEY, { ...call, url: URL_OF_CALLBACK }) ?? "";
    const inside = () => requestOf({ ...call, signature, url: "http://10.0.0.7:3000/authy/onetouch" });
    expect(await failureOf(oneTouch.readCallback(inside()))).toBeInstanceOf(InvalidSignatureError);
    expect(await oneTouch.readCallback(inside(), { url: URL_OF_CALLBACK })).toMatchObject({ status: "approved" });
  });

  it("shows a callback in snake_case too, with the names of the wire", async () => {
    const request: CallbackRequest = signed("POST", JSON.stringify(samples.oneTouchCallback));
    const view = snakeCase(authyAt("https://gateway.example.com")).one_touch;
    const callback = await view.read_callback(request, { url: URL_OF_CALLBACK });
    const { approval_request } = samples.oneTouchCallback;
    expect(callback.approval_request?.transaction).toEqual(approval_request.transaction);
    expect(callback.callback_action).toBe("approval_request_status");
  });
});

describe("validateOneTouchSignature", () => {
  it.each(VECTORS)("tells whether vector $id is signed", ({ isGood, key, ...parts }) => {
    const authy = authyAt("https://gateway.example.com", { apiKey: key });
    expect(authy.oneTouch.validateOneTouchSignature(parts)).toBe(isGood);
    expect(oneTouch.validateOneTouchSignature(parts)).toBe(false);
  });
});
