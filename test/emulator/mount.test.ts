import { connect } from "node:net";
import express from "express";
import { describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { fetchHandler, nodeHandler } from "../../src/emulator/mount.ts";
import { visit } from "../../src/emulator/visit/visit.ts";
import { Authsignal, CallConnect } from "../../src/index.ts";
import { failureOf } from "../support/clients.ts";
import { action, basic, CODE, email, phoneNumber, userId } from "../support/emulator/emulator.ts";
import { MOUNTS, type Mounted, mounted, OF_THE_APP, PATH } from "../support/emulator/mounts.ts";

const overHttp = ({ apiUrl, apiSecretKey }: Emulator) => new Authsignal({ apiUrl, apiSecretKey, retries: 0 });

/** A user who has to confirm a withdrawal by one of two methods. */
async function enrolled(emulator: Emulator): Promise<Authsignal> {
  const authsignal = overHttp(emulator);
  await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
  await authsignal.enrollVerifiedAuthenticator({
    userId,
    attributes: { verificationMethod: "EMAIL_MAGIC_LINK", email },
  });
  emulator.rules.set(action, "CHALLENGE");
  return authsignal;
}

describe.each(MOUNTS)("an emulator in %s", (_name, mount) => {
  it("has pages on which a code is entered, and tokens that name it", async () => {
    await using server = await mounted(mount);
    const { emulator } = server;
    const authsignal = await enrolled(emulator);
    const redirectUrl = `${server.url}/page`;
    const { url } = await authsignal.track({ userId, action, attributes: { redirectUrl } });
    expect(url).toMatch(new RegExp(`^${server.url}${PATH}/challenge\\?token=`));
    const person = await visit(url);
    await person.choose("SMS");
    expect(await failureOf(person.enter("999999"))).toHaveProperty("message", expect.stringContaining("wrong"));
    await person.resend();
    const end = await person.enter(CODE);
    expect(end.url?.startsWith(`${redirectUrl}?token=`)).toBe(true);
    expect(await (await fetch(end.url ?? "")).text()).toBe(OF_THE_APP);
    expect(await authsignal.validateChallenge({ token: end.token, userId, action })).toMatchObject({ isValid: true });
    const [, payload = ""] = end.token.split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({ iss: emulator.apiUrl });
  });

  it("has links in messages that lead to it", async () => {
    await using server = await mounted(mount);
    const authsignal = await enrolled(server.emulator);
    const { url } = await authsignal.track({ userId, action });
    const person = await visit(url);
    await person.choose("EMAIL_MAGIC_LINK");
    const message = await server.emulator.outbox.waitFor({ to: email });
    expect(message.url?.startsWith(`${server.url}${PATH}/`)).toBe(true);
    await (await person.open(message.url)).approve();
    const { token } = await person.continue();
    expect((await authsignal.validateChallenge({ token, userId, action })).isValid).toBe(true);
  });

  it("has control routes and Call Connect, and leaves the rest to the app", async () => {
    await using server = await mounted(mount);
    const { origin, callConnectSecretKey } = server.emulator;
    expect((await fetch(`${origin}/health`)).status).toBe(200);
    const clock = { method: "POST", headers: { "content-type": "application/json" }, body: '{"advance":"16m"}' };
    expect((await fetch(`${origin}/_emulator/clock`, clock)).status).toBe(200);
    expect(server.emulator.clock.now().getTime()).toBeGreaterThan(Date.now() + 15 * 60_000);
    const callConnect = new CallConnect({ apiUrl: origin, apiSecretKey: callConnectSecretKey });
    const call = await callConnect.startCall({ referenceId: "call_1", phoneNumber, channel: "SMS" });
    expect(call).toMatchObject({ phoneNumber });
    expect(await (await fetch(`${server.url}/page`)).text()).toBe(OF_THE_APP);
    expect(
      (await fetch(`${origin}/v1/nothing`, { headers: { authorization: basic("sk_emulator_default") } })).status,
    ).toBe(404);
  });

  it("breaks connections", async () => {
    await using server = await mounted(mount);
    server.emulator.faults.add({ connection: "reset" });
    expect(await failureOf(overHttp(server.emulator).track({ userId, action }))).toMatchObject({
      mayHaveBeenProcessed: true,
    });
    server.emulator.faults.clear();
    server.emulator.faults.add({ connection: "cut" });
    expect(await failureOf(overHttp(server.emulator).track({ userId, action }))).toMatchObject({
      mayHaveBeenProcessed: true,
    });
  });

  it("goes on when a caller does not wait for the response", async () => {
    let arrive = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    // Whether a fault happens is asked as soon as a call is there.
    const random = () => {
      arrive();
      return 0;
    };
    await using server = await mounted(mount, { random });
    server.emulator.faults.add({ latency: 60_000, probability: 1, times: 1 });
    const stop = new AbortController();
    const failure = failureOf(overHttp(server.emulator).track({ userId, action }, { signal: stop.signal }));
    await arrival;
    stop.abort(new Error("gone"));
    expect(await failure).toMatchObject({ message: "gone" });
    expect((await overHttp(server.emulator).track({ userId, action })).state).toBe("ALLOW");
  });

  it("says that it was closed", async () => {
    await using server = await mounted(mount);
    await server.emulator.close();
    expect(await failureOf(overHttp(server.emulator).track({ userId, action }))).toMatchObject({
      statusCode: 503,
      errorDescription: "The emulator was closed",
    });
  });

  it("is not there for other hosts and other sites", async () => {
    await using server = await mounted(mount);
    const { status, body } = await exchange(server, `GET ${PATH}/v1/users/jo HTTP/1.1`, "Host: evil.example");
    expect([status, body.errorCode]).toEqual([403, "forbidden"]);
    const headers = { authorization: basic("sk_emulator_default"), origin: "https://evil.example" };
    expect((await fetch(`${server.emulator.apiUrl}/users/jo`, { headers })).status).toBe(403);
  });
});

/** Sends a request whose headers `fetch` would not let through. */
async function exchange({ url }: Mounted, ...lines: string[]) {
  const text = await new Promise<string>((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.end([...lines, "Connection: close", "", ""].join("\r\n"));
    socket.setEncoding("utf8").on("data", (piece) => {
      answer += piece;
    });
    socket.on("close", () => resolve(answer)).on("error", reject);
  });
  return { status: Number(text.slice(9, 12)), body: JSON.parse(/\{.*\}/s.exec(text)?.[0] ?? "{}") };
}

describe("a mount that does not fit", () => {
  it("has no address", () => {
    const words = /^The emulator must know where it is mounted: createEmulator\(\{ origin: /;
    expect(() => nodeHandler(createEmulator())).toThrow(words);
    expect(() => fetchHandler(createEmulator())).toThrow(words);
  });

  it("is at another path than the address of the emulator", async () => {
    await using server = await mounted((emulator) => express().use("/auth", nodeHandler(emulator)));
    const response = await fetch(`${server.url}/auth/v1/users/jo`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      errorDescription: `/auth/v1/users/jo is not under ${PATH}, where the emulator is mounted. Its option origin, ${server.url}${PATH}, and the path of the mount must fit together`,
    });
  });

  it("gets requests from elsewhere, in web Requests or without anybody who comes next", async () => {
    const emulator = createEmulator({ origin: "http://localhost:3000/authsignal" });
    for (const path of ["/", "/authsignalx/v1", "/v1/users/jo"]) {
      const response = await fetchHandler(emulator)(new Request(`http://localhost:3000${path}`));
      expect([response.status, Object(await response.json()).errorCode]).toEqual([404, "not_found"]);
    }
    await using server = await mounted(nodeHandler);
    expect((await fetch(`${server.url}/page`)).status).toBe(404);
  });

  it("is mounted after a handler that reads bodies", async () => {
    await using server = await mounted((emulator) => express().use(express.json(), nodeHandler(emulator)));
    const error = await failureOf(overHttp(server.emulator).updateUser({ userId, attributes: { email } }));
    expect(error).toMatchObject({
      statusCode: 400,
      errorDescription: expect.stringContaining("mount it before express.json()"),
    });
    expect((await overHttp(server.emulator).getUser({ userId })).email).toBeUndefined();
  });

  it("is given what is no request of Node", () => {
    const handle = nodeHandler(createEmulator({ origin: "http://localhost:3000/authsignal" }));
    const answer = { statusCode: 0, headersSent: false };
    expect(() => handle({ headers: {} }, answer)).toThrow(
      /^nodeHandler takes requests of node:http\. Use fetchHandler/,
    );
  });
});
