import jwt from "jsonwebtoken";
import { parse } from "node-html-parser";
import { describe, expect, it } from "vitest";
import { createEmulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { Authsignal, type TrackAttributes } from "../../../src/index.ts";

const userId = "usr_1";
const action = "withdraw";
const phoneNumber = "+64270000000";
const FORM = "application/x-www-form-urlencoded";

interface Arranged extends EmulatorOptions {
  attributes?: Partial<TrackAttributes>;
  user?: string;
}

async function start({ attributes, user = userId, ...options }: Arranged = {}) {
  const seed = {
    authenticators: [
      { userId: user, verificationMethod: "SMS", phoneNumber },
      { userId: user, verificationMethod: "EMAIL_MAGIC_LINK", email: "jo@example.com" },
      { userId: user, verificationMethod: "PASSKEY", credentialId: "c", name: "<i>Laptop</i>" },
    ],
  };
  const emulator = createEmulator({ seed, ...options });
  const { apiSecretKey, apiUrl, fetch, origin } = emulator;
  const authsignal = new Authsignal({ apiSecretKey, apiUrl, fetch });
  emulator.rules.set(action, "CHALLENGE");
  const { url, token, idempotencyKey } = await authsignal.track({ userId: user, action, attributes });
  const send = (path: string, init?: RequestInit) => fetch(new URL(path, origin), { ...init, redirect: "manual" });
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    send(path, { method: "POST", body: new URLSearchParams({ token, ...fields }), headers });
  /** Starts a method, and returns its challenge. */
  const choose = async (method: string) => {
    const location = (await post("/challenge/start", { method })).headers.get("location") ?? "";
    return { location, challenge: new URL(location, origin).searchParams.get("challenge") ?? "" };
  };
  return { emulator, authsignal, url, token, idempotencyKey, send, post, choose };
}

async function read(response: Response) {
  const text = await response.text();
  const document = parse(text);
  return {
    status: response.status,
    text,
    document,
    heading: document.querySelector("h1")?.text,
    problem: document.querySelector("[role=alert]")?.text,
    back: document.querySelector("[data-link=back]")?.getAttribute("href"),
    token: document.querySelector("main")?.getAttribute("data-token"),
  };
}

describe("every page", () => {
  it("is accessible, has no scripts, and says that it is the emulator's", async () => {
    const { url, send, choose } = await start();
    const addresses = [url, "/challenge?token=x", "/challenge/link"];
    for (const method of ["SMS", "EMAIL_MAGIC_LINK", "PASSKEY"]) addresses.push((await choose(method)).location);
    for (const address of addresses) {
      const response = await send(address);
      const { document, text } = await read(response);
      expect(response.headers.get("content-type")).toBe("text/html; charset=UTF-8");
      expect(document.querySelectorAll("h1").length, address).toBe(1);
      expect(document.querySelectorAll("main").length).toBe(1);
      expect(document.querySelector("html")?.getAttribute("lang")).toBe("en");
      const heading = document.querySelector("h1")?.text;
      expect([heading, `${heading} – ${action}`]).toContain(document.querySelector("title")?.text);
      expect(document.querySelector("footer")?.text).toContain("Local Authsignal emulator");
      expect(text).not.toMatch(/<script|javascript:|https?:\/\/| on\w+=/i);
      for (const input of document.querySelectorAll("input:not([type=hidden])")) {
        expect(document.querySelector(`label[for="${input.id}"]`), input.outerHTML).not.toBeNull();
      }
    }
  });

  it("forbids caches, frames and referrers, and loads nothing", async () => {
    const { url, send, post } = await start();
    for (const response of [
      await send(url),
      await post("/challenge/start", { method: "SMS" }),
      await post("/challenge/start", {}),
    ]) {
      const { headers } = response;
      expect(headers.get("content-security-policy")).toBe(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("lets a browser fill in the code", async () => {
    const { send, choose, post } = await start();
    const { location, challenge } = await choose("SMS");
    const input = (await read(await send(location))).document.querySelector("#code");
    expect(input?.attributes).toMatchObject({ name: "code", autocomplete: "one-time-code", inputmode: "numeric" });
    const again = await read(await post("/challenge/enter", { challenge, code: "1" }));
    expect(again).toMatchObject({ status: 422, problem: "This code is wrong or has expired." });
    expect(again.document.querySelector("#code")?.attributes).toMatchObject({
      "aria-invalid": "true",
      "aria-describedby": "problem",
    });
  });

  it("escapes what it shows", async () => {
    const user = `"><img src=x onerror=alert(1)>`;
    const { url, send, choose } = await start({ user });
    for (const address of [url, `${url}&mode=%22%3E%3Cimg%20src=x%3E`, (await choose("PASSKEY")).location]) {
      const { text, document } = await read(await send(address));
      expect(text).not.toContain("<img");
      expect(text).not.toContain("<i>");
      expect(document.querySelector("strong")?.text ?? action).toBe(action);
    }
  });

  it("is served under the names of this machine and allowed hosts only", async () => {
    const { emulator, url } = await start({ allowedHosts: ["emulator"] });
    const { pathname, search } = new URL(url);
    const status = async (host: string, headers?: Record<string, string>) => {
      const response = await emulator.fetch(`http://${host}${pathname}${search}`, { headers });
      return response.status;
    };
    for (const host of ["localhost:4300", "127.0.0.1", "127.9.9.9:1", "[::1]:4300", "a.localhost", "emulator:4300"]) {
      expect(await status(host), host).toBe(200);
    }
    for (const host of ["evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.nip.io"]) {
      expect(await status(host), host).toBe(403);
      expect(await status("localhost", { host }), host).toBe(403);
      expect(await status(host, { host: "localhost" }), host).toBe(403);
    }
    const refused = await read(await emulator.fetch("http://evil.example/challenge"));
    expect(refused.problem).toContain("evil.example");
  });
});

describe("a form", () => {
  it("is rejected when a page of another site sends it", async () => {
    const { emulator, post } = await start();
    for (const path of ["/challenge/start", "/challenge/link"]) {
      const response = await post(path, { method: "SMS" }, { "sec-fetch-site": "cross-site" });
      expect(response.status, path).toBe(403);
    }
    expect(emulator.outbox.list()).toEqual([]);
    const own = await post("/challenge/start", { method: "SMS" }, { "sec-fetch-site": "same-origin", origin: "null" });
    expect(own.status).toBe(303);
  });

  it("is read in the type of browser forms only, with any fields", async () => {
    const { token, send, post } = await start();
    const body = new FormData();
    body.set("token", token);
    body.set("method", "SMS");
    expect((await send("/challenge/start", { method: "POST", body })).status).toBe(415);
    const json = { method: "POST", body: JSON.stringify({ token }), headers: { "content-type": "application/json" } };
    expect((await send("/challenge/start", json)).status).toBe(415);
    expect((await send("/challenge/link", { method: "POST" })).status).toBe(415);
    const empty = { method: "POST", body: "", headers: { "content-type": FORM } };
    for (const name of ["start", "enter", "simulate", "cancel"]) {
      expect((await send(`/challenge/${name}`, empty)).status, name).toBe(400);
    }
    expect((await send("/challenge/link", empty)).status).toBe(410);
    expect((await post("/challenge/start", { method: "__proto__" })).status).toBe(400);
    expect((await post("/challenge/start", { method: "VERIFF" })).status).toBe(400);
    expect((await post("/challenge/enter", { challenge: "x", code: "123456" })).status).toBe(400);
    expect((await post("/challenge/simulate", { challenge: "x", answer: "approve" })).status).toBe(400);
  });

  it("does nothing that its method does not allow", async () => {
    const { choose, post, authsignal, idempotencyKey } = await start();
    const { challenge } = await choose("SMS");
    expect((await post("/challenge/simulate", { challenge, answer: "approve" })).status).toBe(400);
    const passkey = await choose("PASSKEY");
    expect((await post("/challenge/enter", { challenge: passkey.challenge, code: "" })).status).toBe(400);
    expect((await post("/challenge/simulate", { challenge: passkey.challenge, answer: "maybe" })).status).toBe(400);
    expect((await authsignal.getAction({ userId, action, idempotencyKey })).state).toBe("CHALLENGE_REQUIRED");
  });

  it("cannot use the challenge of another action", async () => {
    const { authsignal, choose, send } = await start();
    const { challenge } = await choose("SMS");
    const other = await authsignal.track({ userId, action });
    const body = new URLSearchParams({ token: other.token, challenge, code: "123456" });
    expect((await send("/challenge/enter", { method: "POST", body })).status).toBe(400);
    expect((await send(`/challenge/enter?token=${other.token}&challenge=${challenge}`)).status).toBe(400);
  });

  it("says when to retry", async () => {
    const { post } = await start();
    for (let count = 0; count < 6; count++) await post("/challenge/start", { method: "SMS" });
    const response = await post("/challenge/start", { method: "SMS" });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(500);
    const page = await read(response);
    expect(page).toMatchObject({
      status: 429,
      problem: "Too many messages were sent. Wait 10 minutes, or use another method.",
    });
    expect(page.text).not.toContain(phoneNumber);
  });
});

describe("opening a page", () => {
  it("sends nothing and changes nothing", async () => {
    const { emulator, url, send, choose } = await start();
    const { location } = await choose("EMAIL_MAGIC_LINK");
    const link = emulator.outbox.last()?.url ?? "";
    const before = emulator.export();
    for (const address of [url, location, link, `${url}&mode=popup`, "/challenge/enter", "/challenge/link?key="]) {
      await send(address);
      await send(address, { method: "HEAD" });
    }
    const waiting = await read(await send(`${location}&answered=true`));
    expect(waiting.problem).toBe("Not confirmed yet.");
    for (const name of ["start", "simulate", "cancel"]) {
      expect((await send(`/challenge/${name}`)).status, name).toBe(404);
    }
    expect(emulator.export()).toEqual(before);
  });

  it("says that a token is not valid", async () => {
    const { emulator, authsignal, token, url, send } = await start();
    const claims = { other: { tenantId: "x" } };
    const tenantId = Object(Object(jwt.decode(token)).other).tenantId;
    const forged = jwt.sign({ other: { tenantId, userId, actionCode: action, idempotencyKey: "x" } }, "another key");
    const odd = ["", "x", "a.b.c", "e30.e30.", jwt.sign(claims, "k"), forged, `${token}x`];
    odd.push(`${Buffer.from('{"typ":"JWT","alg":"HS256"}').toString("base64url")}.bm8.eA`);
    for (const one of odd) {
      const page = await read(await send(`/challenge?token=${one}`));
      expect(page, one).toMatchObject({ status: 400, heading: "This link is not valid", token: undefined });
    }
    emulator.clock.advance("11m");
    expect(await read(await send(url))).toMatchObject({ status: 410, heading: "This page has expired" });
    emulator.clock.advance("-11m");
    expect((await send(url)).status).toBe(200);
    await authsignal.deleteUser({ userId });
    expect(await read(await send(url))).toMatchObject({ status: 400, heading: "This link is not valid" });
  });

  it("finds the tenant of a token", async () => {
    const { emulator, send } = await start();
    const { apiUrl, fetch } = emulator;
    const other = new Authsignal({ apiSecretKey: "sk_emulator_other", apiUrl, fetch });
    const { url } = await other.track({ userId: "usr_2", action });
    expect(await read(await send(url))).toMatchObject({ status: 200, heading: "Set up how to confirm it's you" });
  });

  it.each([
    ["CHALLENGE_SUCCEEDED", "Confirmed"],
    ["CHALLENGE_FAILED", "Not confirmed"],
    ["ALLOW", "Nothing to confirm"],
    ["BLOCK", "Blocked"],
    ["REVIEW_REQUIRED", "Under review"],
    ["REVIEW_SUCCEEDED", "Review passed"],
    ["REVIEW_FAILED", "Review not passed"],
  ] as const)("tells how an action stands that is %s, and leads back", async (state, heading) => {
    const { authsignal, url, send, idempotencyKey, post, choose } = await start({
      attributes: { redirectUrl: "http://127.0.0.1:3000/?a=1" },
    });
    const { location } = await choose("SMS");
    await authsignal.updateAction({ userId, action, idempotencyKey, attributes: { state } });
    const page = await read(await send(url));
    expect(page).toMatchObject({ status: 200, heading, problem: undefined });
    expect(page.back).toBe(`http://127.0.0.1:3000/?a=1&token=${page.token}`);
    expect(page.document.querySelectorAll("form")).toEqual([]);
    const answer = await authsignal.validateChallenge({ userId, action, token: page.token ?? "" });
    expect(answer).toMatchObject({ isValid: state === "CHALLENGE_SUCCEEDED", state });
    const target =
      state === "CHALLENGE_SUCCEEDED" ? /^http:\/\/127\.0\.0\.1:3000\/\?a=1&token=/ : /^\/challenge\/end\?token=/;
    const late = await post("/challenge/start", { method: "SMS" });
    expect([late.status, late.headers.get("location")]).toEqual([303, expect.stringMatching(target)]);
    expect((await send(location)).headers.get("location")).toMatch(target);
  });

  it("says that the user has no method", async () => {
    const { authsignal, url, send } = await start();
    for (const { userAuthenticatorId } of await authsignal.getAuthenticators({ userId })) {
      await authsignal.deleteAuthenticator({ userId, userAuthenticatorId });
    }
    const { text } = await read(await send(url));
    expect(text).toContain("You have not set up a method yet.");
    expect(text).toContain("Cancel");
  });
});

describe("the return URL", () => {
  const confirm = async (options: Arranged) => {
    const started = await start(options);
    const { challenge } = await started.choose("SMS");
    return { ...started, response: await started.post("/challenge/enter", { challenge, code: "123456" }) };
  };

  it("may be on this machine or in allowedRedirects", async () => {
    for (const [redirectUrl, start] of [
      ["http://localhost:3000", "http://localhost:3000/?token="],
      ["https://app.example.com/a?x=%2F#y", "https://app.example.com/a?x=%2F&token="],
      ["myapp://done", "myapp://done?token="],
    ] as const) {
      const allowedRedirects = ["https://app.example.com", "myapp://"];
      const { response } = await confirm({ allowedRedirects, attributes: { redirectUrl } });
      expect(response.status).toBe(303);
      expect(response.headers.get("location")?.startsWith(start), redirectUrl).toBe(true);
    }
  });

  it.each([
    ["https://app.example.com/callback?a=1", "https://app.example.com"],
    ["http://localhost.example.com/", "http://localhost.example.com"],
    ["otherapp://x", "otherapp:"],
  ])("is not linked to %s, and the page says how to allow it", async (redirectUrl, scope) => {
    const { response, send, authsignal } = await confirm({ attributes: { redirectUrl } });
    const another = await authsignal.track({ userId, action, attributes: { redirectUrl } });
    const first = await read(await send(another.url));
    expect(first.document.querySelector(".note")?.text, "before anything is confirmed").toContain(scope);
    expect(response.headers.get("location")).toMatch(/^\/challenge\/end\?token=/);
    const page = await read(await send(response.headers.get("location") ?? ""));
    expect(page).toMatchObject({ heading: "Confirmed", back: undefined });
    expect(page.document.querySelector(".note")?.text).toContain(`add ${scope} to allowedRedirects`);
    expect(page.document.querySelectorAll("main a")).toEqual([]);
    expect(await authsignal.validateChallenge({ action, token: page.token ?? "" })).toMatchObject({ isValid: true });
  });

  it("is not linked without a redirectUrl", async () => {
    const { response, send } = await confirm({});
    const page = await read(await send(response.headers.get("location") ?? ""));
    expect(page).toMatchObject({ heading: "Confirmed", back: undefined, token: expect.any(String) });
    const cancelled = await start();
    expect(await read(await cancelled.post("/challenge/cancel", {}))).toMatchObject({
      status: 200,
      heading: "Canceled",
    });
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])("never is %s", async (redirectUrl) => {
    const { emulator, send, post, choose, idempotencyKey } = await start();
    const seed = emulator.export();
    const actions = (seed.actions ?? []).map((one) => ({ ...one, redirectUrl }));
    emulator.import({ ...seed, actions });
    expect(emulator.export().actions).toMatchObject([{ idempotencyKey, redirectUrl }]);
    const { challenge } = await choose("SMS");
    const cancelled = await read(await post("/challenge/cancel", {}));
    const { headers } = await post("/challenge/enter", { challenge, code: "123456" });
    const confirmed = await read(await send(headers.get("location") ?? ""));
    for (const { text, heading } of [cancelled, confirmed]) {
      expect(text).not.toContain(redirectUrl);
      expect(heading).toMatch(/^(Canceled|Confirmed)$/);
    }
  });
});
