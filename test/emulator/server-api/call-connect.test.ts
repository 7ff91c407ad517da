import { describe, expect, it } from "vitest";
import { CallConnect, type StartCallRequest } from "../../../src/index.ts";
import { call, clientOf, email, phoneNumber, refused, start, userId } from "../../support/emulator/emulator.ts";

const referenceId = "call-8812";

/** An emulator, and a client for Call Connect. */
function connect() {
  const world = start();
  const { callConnectSecretKey, origin, fetch } = world.emulator;
  const callConnect = new CallConnect({ apiSecretKey: callConnectSecretKey, apiUrl: origin, fetch, retries: 0 });
  return { ...world, callConnect };
}

describe("startCall", () => {
  it.each<[Partial<StartCallRequest>, channel: string, contact: object]>([
    [{ phoneNumber }, "WHATSAPP", { phoneNumber }],
    [{ phoneNumber, channel: "SMS", userId, locale: "en-NZ" }, "SMS", { phoneNumber }],
    [{ email, channel: "EMAIL", username: "4711", actionCode: "support" }, "EMAIL", { email }],
    [{ phoneNumber: "(503) 555-0100", country: "USA" }, "WHATSAPP", { phoneNumber: "(503) 555-0100" }],
  ])("sends a message for %o", async (request, channel, contact) => {
    const { emulator, callConnect } = connect();
    const started = await callConnect.startCall({ referenceId, ...request });
    expect(started).toEqual({ messageId: expect.any(String), channel, ...contact });
    const { actionCode = "call" } = request;
    const [to] = Object.values(contact);
    expect(emulator.outbox.list()).toMatchObject([{ messageId: started.messageId, channel, to, action: actionCode }]);
    expect(emulator.export().calls).toMatchObject([{ referenceId, channel, actionCode, ...contact }]);
  });

  it.each([
    [{ channel: "SMS" }, "body.phoneNumber is required for SMS"],
    [{ channel: "EMAIL", phoneNumber }, "body.email is required for EMAIL"],
    [{ email }, "body.phoneNumber is required for WHATSAPP"],
  ] as const)("refuses %o", async (request, words) => {
    const { emulator, callConnect } = connect();
    await expect(callConnect.startCall({ referenceId, ...request })).rejects.toMatchObject(
      refused(400, "invalid_request", words),
    );
    expect(emulator.export().calls).toEqual([]);
  });

  it("tells of an error with 200 when the message cannot be delivered, and with 429 when there were too many", async () => {
    const { emulator, callConnect } = connect();
    const undeliverable = { referenceId, phoneNumber: "+15005550004" };
    expect(await callConnect.startCall(undeliverable)).toMatchObject({ errorCode: "delivery_failed" });
    const limited = { referenceId, email: "rate-limited@emulator.test", channel: "EMAIL" } as const;
    await expect(callConnect.startCall(limited)).rejects.toMatchObject(refused(429, "too_many_requests"));
    expect(emulator.outbox.list()).toEqual([]);
  });
});

describe("finishCall", () => {
  it("notes the end of a call, once", async () => {
    const { emulator, callConnect } = connect();
    await callConnect.startCall({ referenceId, phoneNumber });
    const end = { referenceId, state: "CHALLENGE_SUCCEEDED", userId, payload: { operator: { id: 17 } } } as const;
    expect(await callConnect.finishCall(end)).toEqual({ success: true });
    expect(emulator.export().calls).toMatchObject([{ ...end, finishedAt: expect.any(String) }]);
    const finished = refused(409, "conflict", "The call has already been finished.");
    await expect(callConnect.finishCall(end)).rejects.toMatchObject(finished);
    await expect(callConnect.startCall({ referenceId, phoneNumber })).rejects.toMatchObject(finished);
    const unknown = { referenceId: "x", state: "CHALLENGE_FAILED" } as const;
    await expect(callConnect.finishCall(unknown)).rejects.toMatchObject(refused(404, "not_found"));
  });
});

describe("the keys of the two services", () => {
  it("do not work for each other", async () => {
    const { emulator, callConnect } = connect();
    const { apiSecretKey, callConnectSecretKey, origin, fetch } = emulator;
    expect(callConnectSecretKey).not.toBe(apiSecretKey);
    const wrongKey = new CallConnect({ apiSecretKey, apiUrl: origin, fetch, retries: 0 });
    const unauthorized = refused(401, "unauthorized");
    await expect(wrongKey.startCall({ referenceId, phoneNumber })).rejects.toMatchObject(unauthorized);
    const stranger = clientOf(emulator, { apiSecretKey: callConnectSecretKey });
    await expect(stranger.getUser({ userId })).rejects.toMatchObject(unauthorized);
    expect(() => emulator.tenant(callConnectSecretKey)).toThrow(TypeError);
    await callConnect.startCall({ referenceId, phoneNumber });
    expect(emulator.outbox.list()).toHaveLength(1);
  });

  it("belong to one tenant each", async () => {
    const { emulator } = connect();
    const tenant = emulator.tenant("sk_emulator_other");
    const { fetch, origin } = emulator;
    const other = new CallConnect({ apiSecretKey: tenant.callConnectSecretKey, apiUrl: origin, fetch, retries: 0 });
    await other.startCall({ referenceId, phoneNumber });
    expect([tenant.outbox.list().length, emulator.outbox.list().length]).toEqual([1, 0]);
  });

  it("are served where each belongs", async () => {
    const { emulator } = connect();
    const answer = await call(emulator, "POST /call/start", { key: emulator.callConnectSecretKey, body: {} });
    expect(answer).toMatchObject({ status: 404, body: { errorDescription: expect.stringMatching(/not in the spec/) } });
  });
});
