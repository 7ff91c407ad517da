import { describe, expect, it } from "vitest";
import { AuthyApiClient, createAuthyClient, type Fetch } from "../../../src/authy/index.ts";
import { oneTouchSignature } from "../../../src/authy/one-touch-signature.ts";
import { snakeCase } from "../../../src/index.ts";
import { only, parsed, prismFor, useLoopback } from "../harness.ts";
import { json, record } from "../recorder.ts";
import { authyDeliveries, authyOperationNamed } from "../spec.ts";
import { apiKey } from "./calls.ts";
import { ours } from "./our-names.ts";

// The keys of `details` and of the data of an activity are chosen by users: they are never renamed.

const TRANSPORTS: Record<string, Fetch | undefined> = { "node:http": undefined, fetch: globalThis.fetch };

/** Keys that a renaming of all keys would change or make equal. */
const DETAILS = {
  accountName: "a",
  account_name: "b",
  "Account Name": "c",
  _id: "d",
  authyId: "e",
  authy_id: "f",
  hiddenDetails: "g",
  seconds_to_expire: "h",
};
const HIDDEN = { transferId: "i", transfer_id: "j", "": "k", details: "l" };
const DATA = { userIp: "m", user_ip: ["n", { deepKey: 1, deep_key: 2 }], "Reset By": null };

const CALLBACK_URL = "https://hooks.example.com/authy";
const loopback = useLoopback();

describe.each(Object.entries(TRANSPORTS))("over %s", (_transport, fetch) => {
  const body = { message: "Approve?", details: DETAILS, hiddenDetails: HIDDEN, secondsToExpire: 60 };
  const onWire = { message: "Approve?", details: DETAILS, hidden_details: HIDDEN, seconds_to_expire: 60 };
  const activity = { type: "banned", userIp: "203.0.113.25", data: DATA } as const;
  const activityOnWire = { type: "banned", user_ip: "203.0.113.25", data: DATA } as const;

  it.each<[client: string, send: (apiUrl: string) => Promise<unknown>]>([
    ["the facade", (apiUrl) => new AuthyApiClient({ apiKey, apiUrl, fetch }).oneTouch.sendRequest(1, body)],
    [
      "its view in snake_case",
      (apiUrl) => snakeCase(new AuthyApiClient({ apiKey, apiUrl, fetch })).one_touch.send_request(1, onWire),
    ],
    [
      "the typed client",
      (apiUrl) => {
        const params = { path: { authy_id: "1" } };
        const path = "/onetouch/json/users/{authy_id}/approval_requests";
        return createAuthyClient({ apiKey, apiUrl, fetch }).POST(path, { params, body });
      },
    ],
  ])("%s leaves the keys of details alone", async (_client, send) => {
    const relay = prismFor(authyOperationNamed("oneTouchSendRequest"), loopback);
    await send(relay.apiUrl);
    const sent = only(relay.exchanges);
    expect(sent.violations).toBeUndefined();
    expect(parsed(sent.body)).toEqual(onWire);
  });

  it.each<[client: string, send: (apiUrl: string) => Promise<unknown>]>([
    ["the facade", (apiUrl) => new AuthyApiClient({ apiKey, apiUrl, fetch }).users.registerActivity(1, activity)],
    [
      "its view in snake_case",
      (apiUrl) => snakeCase(new AuthyApiClient({ apiKey, apiUrl, fetch })).users.register_activity(1, activityOnWire),
    ],
  ])("%s leaves the keys of an activity's data alone", async (_client, send) => {
    const relay = prismFor(authyOperationNamed("usersRegisterActivity"), loopback);
    await send(relay.apiUrl);
    const sent = only(relay.exchanges);
    expect(sent.violations).toBeUndefined();
    expect(parsed(sent.body)).toEqual(activityOnWire);
  });

  it("the facade keeps the keys of errors, which are fields of the wire", async () => {
    const fields = { cellphone: "is invalid", message: "User was not valid" };
    const errors = { ...fields, country_code: "is not supported" };
    const { apiUrl } = record(loopback, json(400, { ...fields, success: false, errors, error_code: "60027" }));
    const user = { email: "mira@example.com", cellphone: "4155550137" };
    const created = await new AuthyApiClient({ apiKey, apiUrl, fetch }).users.create(user);
    expect(created.errors()).toEqual(errors);
    expect(created.content).toEqual({ ...fields, success: false, errors, errorCode: "60027" });
  });
});

describe.each(Object.entries(authyDeliveries))("the callback %s", (_name, example) => {
  const { oneTouch } = new AuthyApiClient({ apiKey });
  const view = snakeCase(new AuthyApiClient({ apiKey })).one_touch;

  /** Returns the signed example with other details. */
  function delivered(details: unknown, hidden_details: unknown) {
    const { approval_request, ...rest } = Object(example);
    const transaction = { ...approval_request.transaction, details, hidden_details };
    const body = { ...rest, approval_request: { ...approval_request, transaction } };
    const text = JSON.stringify(body);
    const call = { method: "POST", url: CALLBACK_URL, nonce: "1653487601" };
    const headers = {
      "x-authy-signature": oneTouchSignature(apiKey, { ...call, params: text }) ?? "",
      "x-authy-signature-nonce": call.nonce,
    };
    return { body, request: new Request(call.url, { method: call.method, headers, body: text }) };
  }

  it.each([
    ["as it is described", { Amount: "480.00 EUR" }, { transfer_id: "tr_58121" }],
    ["with keys of all kinds", DETAILS, HIDDEN],
    ["without details", null, {}],
  ])("comes with our names %s", async (_how, details, hidden) => {
    const { body, request } = delivered(details, hidden);
    const callback = await oneTouch.readCallback(request);
    expect(callback).toStrictEqual(ours(body, "/components/schemas/OneTouchCallback"));
    expect(callback.approvalRequest?.transaction?.details).toStrictEqual(details);
    expect(callback.approvalRequest?.transaction?.hiddenDetails).toStrictEqual(hidden);
  });

  it("has the names of the wire in snake_case, and the same details", async () => {
    const { body, request } = delivered(DETAILS, HIDDEN);
    const { app_id, ...approval } = body.approval_request;
    expect(await view.read_callback(request)).toStrictEqual({
      ...body,
      approval_request: { ...approval, internal_app_id: app_id },
    });
  });
});
