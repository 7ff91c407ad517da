import { describe, expect, it } from "vitest";
import { startClient } from "../../support/emulator/client-api.ts";
import { action, CODE, phoneNumber, refused, start, userId } from "../../support/emulator/emulator.ts";
import { read, startPages } from "../../support/emulator/pages.ts";

// Changes while a synchronous event is pending, which must not be undone or overlooked.

/** A handler of webhooks each of whose answers is given when the test says so. */
function slowHandler(type: "action.verify" | "sms.created") {
  const asked: { at: () => void; answer: (status: number) => void; answered: Promise<Response> }[] = [];
  const arrivals: Promise<void>[] = [];
  const expectOne = () => {
    let at = () => {};
    arrivals.push(new Promise((resolve) => (at = resolve)));
    let answer = (_status: number) => {};
    const answered = new Promise<Response>((resolve) => {
      answer = (status) => resolve(new Response(null, { status }));
    });
    asked.push({ at, answer, answered });
  };
  for (let index = 0; index < 4; index++) expectOne();
  let count = 0;
  const options = {
    webhooks: { urls: { [type]: "http://app.test/webhooks" } },
    fetch: () => {
      const one = asked[count++];
      one?.at();
      return one?.answered ?? new Response(null, { status: 500 });
    },
  };
  return {
    options,
    /** Waits until it was asked for the n-th time. */
    arrival: (index = 0) => arrivals[index],
    answer: (status: number, index = 0) => asked[index]?.answer(status),
  };
}

describe("while action.verify is pending", () => {
  it("an enrollment ends when the server wants a challenge", async () => {
    const handler = slowHandler("action.verify");
    const { emulator, authsignal, send } = startClient(handler.options);
    emulator.rules.set(action, "ALLOW");
    const { token, idempotencyKey } = await authsignal.track({ userId, action });
    await send("user-authenticators/sms", token, { phoneNumber });
    const entering = send("verify/sms", token, { verificationCode: CODE });
    await handler.arrival();
    await authsignal.updateAction({ userId, action, idempotencyKey, attributes: { state: "CHALLENGE_REQUIRED" } });
    handler.answer(200);
    expect(await entering).toMatchObject({ status: 409 });
    expect(emulator.export().authenticators).toEqual([]);
    expect(await authsignal.getAction({ userId, action, idempotencyKey })).toMatchObject({
      state: "CHALLENGE_REQUIRED",
    });
  });

  it("one code passes once, even if the server has moved the action meanwhile", async () => {
    const handler = slowHandler("action.verify");
    const { authsignal, send, enroll } = startClient(handler.options);
    await enroll();
    const { token, idempotencyKey } = await authsignal.track({ userId, action });
    await send("challenge/sms", token);
    const both = [0, 1].map(() => send("verify/sms", token, { verificationCode: CODE }));
    await handler.arrival(1);
    handler.answer(200, 0);
    expect(await both[0]).toMatchObject({ body: { isVerified: true } });
    await authsignal.updateAction({ userId, action, idempotencyKey, attributes: { state: "CHALLENGE_REQUIRED" } });
    handler.answer(200, 1);
    expect(await both[1]).toMatchObject({ body: { isVerified: false } });
    expect(await authsignal.getAction({ userId, action, idempotencyKey })).toMatchObject({
      state: "CHALLENGE_REQUIRED",
    });
  });

  it("a challenge that the server verifies stays the server's", async () => {
    const handler = slowHandler("action.verify");
    const { authsignal, send, enroll } = startClient(handler.options);
    await enroll();
    const { token, idempotencyKey } = await authsignal.track({ userId, action });
    const { challengeId } = Object((await send("challenge/sms", token)).body);
    const entering = send("verify/sms", token, { verificationCode: CODE });
    await handler.arrival();
    expect(await authsignal.verify({ challengeId, verificationCode: CODE })).toMatchObject({ isVerified: true });
    handler.answer(200);
    expect(await entering).toMatchObject({ body: { isVerified: false } });
    expect(await authsignal.getAction({ userId, action, idempotencyKey })).toMatchObject({
      state: "CHALLENGE_REQUIRED",
    });
  });

  it("a second click on the page leads to the same place", async () => {
    const handler = slowHandler("action.verify");
    const { authsignal, track, post } = startPages(handler.options);
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
    const { token } = await track({ action });
    const address = (await post("/start", { token, method: "SMS" })).headers.get("location") ?? "";
    const challenge = new URL(address, "http://localhost").searchParams.get("challenge") ?? "";
    const both = [0, 1].map(() => post("/enter", { token, challenge, code: CODE }));
    await handler.arrival(1);
    handler.answer(200, 0);
    handler.answer(200, 1);
    for (const response of await Promise.all(both)) {
      expect(response.status).toBe(303);
      expect(response.headers.get("location")).toMatch(/^http:\/\/localhost:3000\/.*token=/);
    }
  });

  it("an action that is deleted does not come back by the challenge that was tied to it", async () => {
    const handler = slowHandler("action.verify");
    const { emulator, authsignal, enroll } = start(handler.options);
    await enroll();
    const { challengeId } = await authsignal.challenge({ verificationMethod: "SMS", action, phoneNumber, userId });
    await authsignal.verify({ challengeId, verificationCode: CODE });
    const tracking = authsignal.track({ userId, action, attributes: { challengeId } });
    await handler.arrival();
    await authsignal.deleteUser({ userId });
    await enroll();
    handler.answer(200);
    await expect(tracking).rejects.toMatchObject(refused(409, "conflict"));
    expect(emulator.export().actions).toEqual([]);
  });
});

describe("while sms.created is pending", () => {
  it("a challenge that was verified is not taken back when the message fails", async () => {
    const handler = slowHandler("sms.created");
    const { emulator, authsignal } = start(handler.options);
    const sending = authsignal.challenge({ verificationMethod: "SMS", action, phoneNumber, userId });
    await handler.arrival();
    const challengeId = emulator.export().challenges?.[0]?.challengeId ?? "";
    await authsignal.verify({ challengeId, verificationCode: CODE });
    handler.answer(500);
    await expect(sending).rejects.toMatchObject(refused(502, "delivery_failed"));
    expect(await authsignal.claimChallenge({ challengeId, userId })).toMatchObject({ verificationMethod: "SMS" });
  });

  it("a second click on a method does not lose its challenge to the first, which failed", async () => {
    const handler = slowHandler("sms.created");
    const { authsignal, track, post, send } = startPages(handler.options);
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
    const { token } = await track({ action });
    const both = [0, 1].map(() => post("/start", { token, method: "SMS" }));
    await handler.arrival(1);
    handler.answer(200, 1);
    const second = await both[1];
    handler.answer(500, 0);
    await both[0];
    expect(await read(await send(second?.headers.get("location") ?? ""))).toMatchObject({
      status: 200,
      screen: "enter",
    });
  });
});

describe("a used token", () => {
  it("is not exchanged for another on the pages", async () => {
    const { emulator, authsignal, stepUp } = start();
    const { token } = await stepUp();
    expect(await authsignal.validateChallenge({ token })).toMatchObject({ isValid: true });
    for (const path of ["", "/end", "/settings", "/enter"]) {
      const response = await emulator.fetch(`${emulator.origin}/challenge${path}?token=${token}`);
      const page = await response.text();
      expect([response.status, response.headers.get("location")], path).toEqual([200, null]);
      expect(page, path).not.toMatch(/token=|data-token/);
      expect(page, path).toContain("the app has used the confirmation");
    }
  });
});
