import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import { startEmulator } from "../../../src/emulator/start.ts";
import { Authsignal } from "../../../src/index.ts";
import { action, CODE, phoneNumber, userId } from "../../support/emulator/emulator.ts";
import { startPages } from "../../support/emulator/pages.ts";
import { exchange, FORM, JSON_TYPE, KEY, LAST, message } from "../../support/emulator/raw-http.ts";

const SECRETS = /sk_emulator|eyJ|isEnrolled|challengeId|"keys"|frozen/;

let emulator: Emulator;
let token: string;
beforeAll(async () => {
  emulator = await startEmulator({ allowedHosts: ["emulator"] });
  emulator.rules.set(action, "CHALLENGE");
  const authsignal = new Authsignal(emulator);
  await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
  ({ token } = await authsignal.track({ userId, action }));
});
afterAll(() => emulator.close());

/** A request to every part of the emulator, with whatever opens it, by what that part is. */
const parts = (): [route: string, headers: string[], body?: string][] => [
  ["GET /v1/users/usr_1", [KEY]],
  ["POST /v1/users/evil/actions/withdraw", [KEY], "{}"],
  ["POST /call/start", [KEY.replace(btoa("sk_emulator_default:"), btoa("sk_emulator_connect_default:"))], "{}"],
  ["POST /v1/client/challenge/sms", [`Authorization: Bearer ${token}`, JSON_TYPE], "{}"],
  [`GET /v1/client/public/${emulator.tenantId}/.well-known/jwks`, []],
  ["GET /_emulator/state", []],
  ["POST /_emulator/reset", []],
  ["GET /", ["Accept: text/html"]],
  ["GET /_inspector/live", []],
  [`GET /_inspector/open?action=${emulator.export().actions?.[0]?.actionId}`, []],
  ["POST /_inspector/reset", [FORM], `tenant=${emulator.tenantId}`],
  [`GET /challenge?token=${token}`, []],
  ["POST /challenge/start", [FORM], `token=${token}&method=SMS`],
  ["GET /favicon.ico", []],
];

describe("a host that is not the emulator's", () => {
  const port = 4_300;

  it.each<[name: string, hosts: string[]]>([
    ["a name that leads here (DNS rebinding)", ["Host: rebind.evil.example"]],
    ["the address of this machine in a name", ["Host: 127.0.0.1.nip.io"]],
    ["a name that begins like this machine", [`Host: localhost.evil.example:${port}`]],
    ["a name that ends like this machine", ["Host: evillocalhost"]],
    ["a trailing dot", ["Host: localhost."]],
    ["all addresses", [`Host: 0.0.0.0:${port}`]],
    ["another machine of the network", ["Host: 192.168.0.1"]],
    ["a number", ["Host: 2130706433"]],
    ["a hexadecimal number", ["Host: 0x7f.1"]],
    ["a short address", ["Host: 127.1"]],
    ["another address of IPv6", ["Host: [::2]"]],
    ["this machine in an address of IPv6", ["Host: [::ffff:127.0.0.1]"]],
    ["an address of IPv6 without brackets", ["Host: ::1"]],
    ["a user", ["Host: user@localhost"]],
    ["this machine as a user", [`Host: localhost:${port}@evil.example`]],
    ["a path", ["Host: localhost/evil.example"]],
    ["a query", ["Host: localhost?evil.example"]],
    ["an escape", ["Host: loc%61lhost"]],
    ["letters that look alike", ["Host: l\xf2calhost"]],
    ["letters in a port", ["Host: localhost:http"]],
    ["two ports", ["Host: localhost:1:2"]],
    ["a port too large", ["Host: localhost:99999"]],
    ["a list", ["Host: localhost, evil.example"]],
    ["two hosts", ["Host: localhost", "Host: evil.example"]],
    ["two hosts, the other way round", ["Host: evil.example", "Host: localhost"]],
    ["the same host twice", ["Host: localhost", "Host: localhost"]],
    ["none", []],
    ["an empty one", ["Host:"]],
    ["markup", ["Host: <script>alert(1)</script>"]],
    ["one that a proxy names", ["Host: evil.example", "X-Forwarded-Host: localhost", "Forwarded: host=localhost"]],
  ])("opens nothing: %s", async (_name, hosts) => {
    const before = emulator.export();
    const answers = parts().map(async ([route, headers, body = ""]) => {
      const [method, path] = route.split(" ");
      const length = body === "" ? [] : [`Content-Length: ${body.length}`];
      const lines = [`${method} ${path} HTTP/1.1`, ...hosts, ...headers, ...length, LAST];
      const { statuses, text } = await exchange(emulator, message(lines, body));
      expect(text, route).not.toMatch(SECRETS);
      expect(text, route).not.toMatch(/^(location|set-cookie):/im);
      expect(text, route).not.toContain("<script>alert");
      return [route, statuses.length, statuses.every((status) => status === 400 || status === 403)];
    });
    expect(await Promise.all(answers)).toEqual(parts().map(([route]) => [route, 1, true]));
    expect(emulator.export()).toEqual(before);
  });

  it("opens nothing either in the line of a request, whatever else the host is", async () => {
    for (const address of ["http://evil.example", "https://localhost.evil.example", "http://localhost@evil.example"]) {
      for (const [route, headers] of parts().filter(([one]) => one.startsWith("GET "))) {
        const target = address + route.slice("GET ".length);
        const lines = [`GET ${target} HTTP/1.1`, "Host: localhost", ...headers, LAST];
        const { statuses, text } = await exchange(emulator, message(lines));
        expect([400, 403], target).toContain(statuses[0]);
        expect(text).not.toMatch(SECRETS);
      }
    }
  });
});

describe("a host that is the emulator's", () => {
  it.each(["LOCALHOST", "app.localhost:1", "127.9.9.9", "[::1]:65535", "Emulator:4300"])(
    "decides nothing but whether there is an answer: %s",
    async (host) => {
      const named = [`Host: ${host}`, "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: javascript", LAST];
      const tracked = await exchange(
        emulator,
        message(["POST /v1/users/usr_1/actions/withdraw HTTP/1.1", ...named, KEY, "Content-Length: 2"], "{}"),
      );
      expect(tracked.text).toContain(`"url":"${emulator.origin}/challenge?token=`);
      const id = emulator.export().actions?.at(-1)?.actionId;
      const opened = await exchange(emulator, message([`GET /_inspector/open?action=${id} HTTP/1.1`, ...named]));
      expect(opened.text).toMatch(/^location: \/challenge\?token=/im);
      const page = await exchange(emulator, message([`GET /challenge?token=${token} HTTP/1.1`, ...named]));
      const addresses = [...page.text.matchAll(/ (?:href|action|src)="([^"]*)"/g)].map(([, address]) => address);
      expect(addresses.filter((address) => !/^(\/challenge|\/\?|data:image\/svg)/.test(`${address}`))).toEqual([]);
      expect(page.statuses).toEqual([200]);
    },
  );
});

describe("a way back that is a trap", () => {
  /** Tracks with a redirectUrl, and returns every address to which a user may be redirected; none when it is rejected. */
  async function waysOf(redirectUrl: string, isConfirmed: boolean): Promise<string[]> {
    const { emulator, authsignal, post, send } = startPages();
    const attributes = { verificationMethod: "SMS", phoneNumber } as const;
    await authsignal.enrollVerifiedAuthenticator({ userId, attributes });
    const tracked = await authsignal.track({ userId, action, attributes: { redirectUrl } }).catch((error: unknown) => {
      expect(error).toMatchObject({ statusCode: 400, errorCode: "invalid_request" });
    });
    if (!tracked) return [];
    const { token, url } = tracked;
    const ways: string[] = [];
    const note = async (response: Response) => {
      const location = response.headers.get("location");
      const text = await response.text();
      if (location !== null) ways.push(location);
      for (const [, address = ""] of text.matchAll(/ (?:href|src|action|content)="([^"]*)"/g)) ways.push(address);
      return location ?? "";
    };
    await note(await send(url));
    if (isConfirmed) {
      const entering = await note(await post("/start", { token, method: "SMS" }));
      const challenge = new URL(entering, emulator.origin).searchParams.get("challenge") ?? "";
      const end = await note(await post("/enter", { token, challenge, code: CODE }));
      if (end.startsWith("/")) await note(await send(end));
    } else {
      await note(await post("/cancel", { token }));
      await note(await send(`${url}&mode=popup`));
    }
    return ways.filter((way) => !/^(\/(?![/\\])|data:image\/svg\+xml|width=device-width|light dark$)/.test(way));
  }

  it.each([
    "//evil.example/",
    "\\\\evil.example\\",
    "/\\evil.example",
    "http:evil.example",
    "http:/evil.example",
    "http:\\\\evil.example\\a",
    "http://localhost@evil.example/",
    "http://localhost:3000@evil.example:80/",
    "https://evil.example\\@localhost/",
    "http://evil.example#@localhost/",
    "http://evil.example?@localhost/",
    "http://localhost.evil.example/",
    "http://127.0.0.1.evil.example/",
    "http://localhost\t.evil.example/",
    "http://localhost%2eevil.example/",
    "http://localhost./",
    "http://[::ffff:10.0.0.1]/",
    "java\nscript:alert(1)//localhost",
    "\u0001javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "javascript://localhost/%0aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "blob:http://localhost/1",
    "filesystem:http://localhost/temporary/a",
    "view-source:http://localhost/",
    "about:blank",
    "about:srcdoc",
    "file://localhost/etc/passwd",
    "mailto:jo@example.com",
    "intent://localhost#Intent;scheme=javascript;end",
    "localhost:3000/a",
    "http://",
    "http://[",
    " ",
  ])("leads nowhere: %j", async (redirectUrl) => {
    expect(await waysOf(redirectUrl, true)).toEqual([]);
    expect(await waysOf(redirectUrl, false)).toEqual([]);
  });

  it.each([
    "\u0001JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "vbscript:a",
    "blob:http://localhost/1",
    "DATA:,",
    "file:///a",
  ])("is not even kept where it would run or read something: %j", async (redirectUrl) => {
    const { authsignal, emulator } = startPages();
    const refused = { statusCode: 400, errorCode: "invalid_request" };
    await expect(authsignal.track({ userId, action, attributes: { redirectUrl } })).rejects.toMatchObject(refused);
    expect(emulator.export().actions).toEqual([]);
  });

  it.each([
    ["http://localhost:3000/\r\nSet-Cookie: a=b", "http://localhost:3000/Set-Cookie:%20a=b?token="],
    ["http://localhost:3000/?a=\r\nX-Evil: b", "http://localhost:3000/?a=X-Evil:%20b&token="],
    ['http://localhost:3000/"><script>', "http://localhost:3000/%22%3E%3Cscript%3E?token="],
    ["http://localhost:3000/?token=theirs&a=1&token=other#token=x", "http://localhost:3000/?a=1&token="],
    ["http:\\\\localhost:3000\\a", "http://localhost:3000/a?token="],
    ["HTTP://LOCALHOST:3000/\u202egro.elpmaxe", "http://localhost:3000/%E2%80%AEgro.elpmaxe?token="],
  ])("leads home, and brings nothing along: %j", async (redirectUrl, address) => {
    const ways = await waysOf(redirectUrl, true);
    expect(ways).toHaveLength(1);
    expect(ways[0]?.startsWith(`${address}eyJ`), ways[0]).toBe(true);
    expect(ways[0]).not.toMatch(/[\r\n\s"<>]|theirs/);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "//localhost",
    "\\\\localhost",
    "http://localhost@evil.example",
    "http://localhost.evil.example",
    "localhost:3000",
    "about:srcdoc",
  ])("is no page that a popup could belong to: %j", async (opener) => {
    const { track, send } = startPages();
    const { url } = await track({ action });
    for (const response of [
      await send(`${url}&mode=popup&app=${encodeURIComponent(opener)}`),
      await send(`${url}&mode=popup`, { headers: { referer: opener } }),
    ]) {
      expect(response.status).toBe(403);
      expect(response.headers.get("content-security-policy")).not.toMatch(/frame-ancestors|script-src/);
      expect(await response.text()).not.toMatch(/eyJ|<script|<form|data-app/);
    }
  });
});
