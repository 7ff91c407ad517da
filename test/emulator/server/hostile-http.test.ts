import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { Server } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import { startEmulator } from "../../../src/emulator/start.ts";
import { basic } from "../../support/emulator/emulator.ts";
import {
  CHUNKED,
  connectTo,
  exchange,
  FORM,
  HOST,
  JSON_TYPE,
  KEY,
  LAST,
  message,
} from "../../support/emulator/raw-http.ts";

const TRACK = "POST /v1/users/jo/actions/withdraw HTTP/1.1";
const SMUGGLED = message(["POST /v1/users/smuggled/actions/withdraw HTTP/1.1", HOST, KEY, "Content-Length: 2"], "{}");

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

/** Sends a request and nothing after it. */
const ask = (lines: readonly string[], body?: string | Uint8Array) =>
  exchange(emulator, message([...lines, HOST, KEY, LAST], body));

const isUp = async () => (await fetch(`${emulator.origin}/health`)).status === 200;

describe("what is no proper HTTP", () => {
  const garbage = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 89 + 7) % 256));

  it.each<[name: string, bytes: Uint8Array, status: number]>([
    ["garbage", garbage, 400],
    ["the beginning of TLS", Buffer.from("16030102000100", "hex"), 400],
    ["HTTP/2 without TLS", message(["PRI * HTTP/2.0", "", "SM"]), 400],
    ["a version that never was", message(["GET /health HTTP/9.9", HOST]), 400],
    ["no target", message(["GET  HTTP/1.1", HOST]), 400],
    ["a target that is only a query", message(["GET ?a HTTP/1.1", HOST]), 400],
    ["an authority", message(["GET localhost:80 HTTP/1.1", HOST]), 400],
    ["a blank in the target", message(["GET /v1/users/a b HTTP/1.1", HOST, KEY]), 400],
    ["a NUL in the target", message(["GET /health\0 HTTP/1.1", HOST]), 400],
    ["a NUL in a header", message(["GET /health HTTP/1.1", HOST, "X-A: a\0b"]), 400],
    ["an unknown method", message(["BREW /health HTTP/1.1", HOST]), 400],
    ["a method in lower case", message(["get /health HTTP/1.1", HOST]), 400],
    ["lines without a return", Buffer.from(`GET /health HTTP/1.1\n${HOST}\n\n`), 400],
    ["lines without a feed", Buffer.from(`GET /health HTTP/1.1\r${HOST}\r\r`), 400],
    ["a bare return in a header", message(["GET /health HTTP/1.1", HOST, "X-A: a\rX-B: b"]), 400],
    ["a bare feed in a header", message(["GET /health HTTP/1.1", HOST, "X-A: a\nX-B: b"]), 400],
    ["a header over two lines", message(["GET /health HTTP/1.1", HOST, "X-A: a", " b"]), 400],
    ["a host over two lines", message(["GET /_emulator/clock HTTP/1.1", HOST, " .evil.example"]), 400],
    ["a header before the first", message(["GET /health HTTP/1.1", " X-A: a", HOST]), 400],
    ["a header without a colon", message(["GET /health HTTP/1.1", HOST, "X-A"]), 400],
    ["a header with a blank in its name", message(["GET /health HTTP/1.1", HOST, "X A: a"]), 400],
    ["a blank before a colon", message([TRACK, HOST, KEY, "Transfer-Encoding : chunked"], "2\r\n{}\r\n0\r\n\r\n"), 400],
    ["a length and chunks", message([TRACK, HOST, KEY, "Content-Length: 5", CHUNKED], "0\r\n\r\n"), 400],
    ["chunks and a length", message([TRACK, HOST, KEY, CHUNKED, "Content-Length: 5"], "0\r\n\r\n"), 400],
    ["chunks that are not the last encoding", message([TRACK, HOST, KEY, `${CHUNKED}, identity`], "0\r\n\r\n"), 400],
    ["an unknown encoding", message([TRACK, HOST, KEY, "Transfer-Encoding: xchunked"], "0\r\n\r\n"), 400],
    ["the same length twice", message([TRACK, HOST, KEY, "Content-Length: 2", "Content-Length: 2"], "{}"), 400],
    ["a list of lengths", message([TRACK, HOST, KEY, "Content-Length: 2, 2"], "{}"), 400],
    ["a negative length", message([TRACK, HOST, KEY, "Content-Length: -2"], "{}"), 400],
    ["a length with a sign", message([TRACK, HOST, KEY, "Content-Length: +2"], "{}"), 400],
    ["a hexadecimal length", message([TRACK, HOST, KEY, "Content-Length: 0x2"], "{}"), 400],
    ["a length that no number holds", message([TRACK, HOST, KEY, `Content-Length: ${"9".repeat(30)}`], "{}"), 400],
    ["a negative chunk", message([TRACK, HOST, KEY, CHUNKED], "-1\r\n{}\r\n0\r\n\r\n"), 400],
    ["a chunk that no number holds", message([TRACK, HOST, KEY, CHUNKED], `${"f".repeat(20)}\r\n{}\r\n`), 400],
    ["a chunk without an end", message([TRACK, HOST, KEY, CHUNKED], "2\r\n{}0\r\n\r\n"), 400],
    ["a chunk with a long extension", message([TRACK, HOST, KEY, CHUNKED], `2;${"a".repeat(100_000)}\r\n`), 413],
    ["a trailer of 1 MB", message([TRACK, HOST, KEY, CHUNKED], `2\r\n{}\r\n0\r\nX-A: ${"a".repeat(1e6)}\r\n\r\n`), 431],
    ["a header of 1 MB", message(["GET /health HTTP/1.1", HOST, `X-A: ${"a".repeat(1e6)}`]), 431],
    ["an address of 1 MB", message([`GET /${"a".repeat(1e6)} HTTP/1.1`, HOST]), 431],
    ["10,000 headers", message(["GET /health HTTP/1.1", HOST, ...Array.from({ length: 10_000 }, () => "a:b")]), 431],
  ])("is refused, and nothing after it is a request: %s", async (_name, bytes, status) => {
    const { statuses, text } = await exchange(emulator, Buffer.concat([bytes, SMUGGLED]));
    expect(statuses).toEqual([status]);
    expect(text).not.toMatch(/smuggled|Error|node_modules/);
    expect(JSON.stringify(emulator.requests.list())).not.toContain("smuggled");
    expect(emulator.export()).toEqual(createEmulator().export());
    expect(await isUp()).toBe(true);
  });

  it.each(["GET /health HTTP/1.1", TRACK])("is not what a body holds: %s", async (line) => {
    const body = message(["DELETE /v1/users/victim HTTP/1.1", HOST, KEY]);
    const { statuses } = await ask([line, `Content-Length: ${body.length}`], body);
    expect(statuses).toHaveLength(1);
    expect(emulator.requests.list().filter(({ operation }) => operation === "deleteUser")).toEqual([]);
  });

  it("is answered one after another when requests come at once", async () => {
    const one = message(["GET /health HTTP/1.1", HOST]);
    const last = message(["GET /v1/users/jo HTTP/1.1", HOST, KEY, LAST]);
    expect((await exchange(emulator, Buffer.concat([one, one, last]))).statuses).toEqual([200, 200, 200]);
  });
});

describe("a strange request", () => {
  it.each<[name: string, lines: string[], status: number]>([
    ["a user in the address", ["GET http://user@localhost/health HTTP/1.1"], 400],
    ["a password in the address", ["GET http://:secret@localhost/v1/users/jo HTTP/1.1"], 400],
    ["a user in the address of a page", ["GET http://user@localhost/challenge HTTP/1.1"], 400],
    ["another scheme", ["GET ftp://localhost/health HTTP/1.1"], 400],
    ["a file", ["GET file:///etc/passwd HTTP/1.1"], 400],
    ["no host in the address", ["GET http:// HTTP/1.1"], 400],
    ["a search of UPnP", ["M-SEARCH * HTTP/1.1"], 400],
    ["another expectation", [TRACK, "Expect: 200-ok", "Content-Length: 2"], 417],
    ["TRACE", ["TRACE /v1/users/jo HTTP/1.1"], 404],
    ["PROPFIND", ["PROPFIND /v1/users/jo HTTP/1.1"], 404],
    ["the way up", ["GET /v1/../../etc/passwd HTTP/1.1"], 404],
    ["the way up in escapes", ["GET /v1/%2e%2e/%2e%2e/etc/passwd HTTP/1.1"], 404],
    ["headers with the names of what objects inherit", ["GET /health HTTP/1.1", "__proto__: a", "constructor: b"], 200],
    ["a query with the names of what objects inherit", ["GET /v1/users?__proto__=1&constructor=2 HTTP/1.1"], 400],
    ["a form with such a name", ["POST /_inspector/__proto__ HTTP/1.1", FORM, "Content-Length: 0"], 422],
    ["an operation with such a name", ["GET /v1/__proto__ HTTP/1.1"], 404],
  ])("is answered in words of the emulator or of Node: %s", async (_name, lines, status) => {
    const { statuses, text } = await ask(lines, lines.includes("Content-Length: 2") ? "{}" : "");
    expect(statuses).toEqual([status]);
    expect(text).not.toMatch(/emulator_defect|node_modules|root:/);
    expect(emulator.export()).toEqual(createEmulator().export());
  });

  it.each(["%", "%zz", "%4", "a%", "%ff", "%c0%af", "..%c0%af..", "%ed%a0%80", "%E0%A4", "%u0041"])(
    "with %s in its path or query is no other id than the one that was meant",
    async (rubbish) => {
      const words = /^HTTP\/1\.1 400 .*The address has a % that is no escape of UTF-8/s;
      const routes = [`/v1/users/${rubbish}`, `/v1/users?userId=${rubbish}`, `/_emulator/outbox?to=${rubbish}`];
      for (const route of routes) expect((await ask([`GET ${route} HTTP/1.1`])).text).toMatch(words);
      const body = '{"email":"jo@example.com"}';
      const change = [`PATCH /v1/users/${rubbish} HTTP/1.1`, `Content-Length: ${body.length}`];
      expect((await ask(change, body)).text).toMatch(words);
      expect(emulator.export().users).toEqual([]);
    },
  );

  it.each([
    ["a%00b", "a\0b"],
    ["..%2f..%2f_emulator%2fclock", "../../_emulator/clock"],
    ["%252e%252e%252f", "%2e%2e%2f"],
    ["%25zz", "%zz"],
    ["%2e%2e%5c", "..\\"],
    ["__proto__", "__proto__"],
    ["a%0d%0aX-Evil:%201", "a\r\nX-Evil: 1"],
    ["%3Cscript%3E", "<script>"],
    ["%F0%9F%8E%88", "🎈"],
  ])("with %s in its path means exactly that", async (escaped, userId) => {
    const body = '{"email":"jo@example.com"}';
    const { text } = await ask([`PATCH /v1/users/${escaped} HTTP/1.1`, `Content-Length: ${body.length}`], body);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text.split("\r\n\r\n")[0]).not.toMatch(/evil|script/i);
    expect(emulator.export().users).toMatchObject([{ userId }]);
    expect(emulator.export().users).toHaveLength(1);
  });
});

describe("a body", () => {
  /** Updates a user with bytes, by both ways in which a body can come. */
  const update = async (body: Uint8Array, ...headers: string[]) => {
    const line = "PATCH /v1/users/jo HTTP/1.1";
    const pieces = [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")];
    const whole = await ask([line, `Content-Length: ${body.length}`, ...headers], body);
    const chunked = await ask([line, CHUNKED, ...headers], Buffer.concat(pieces));
    const answers = [whole, chunked].map(({ text }) => text.replaceAll(/^(x-request-id|date):.*$/gim, ""));
    expect(answers[0]).toBe(answers[1]);
    return answers[0];
  };
  const named = (bytes: string) => Buffer.from(`{"displayName":"${bytes}"}`, "latin1");

  it.each<[name: string, body: Uint8Array, words: string]>([
    ["a byte that is none of UTF-8", named("\xff"), "body must be UTF-8"],
    ["half a character", named("\xe2\x82"), "body must be UTF-8"],
    ["half a surrogate pair", named("\xed\xa0\x80"), "body must be UTF-8"],
    ["a character that is written too long", named("\xc0\xaf"), "body must be UTF-8"],
    ["UTF-16", Buffer.from('{"displayName":"jo"}', "utf16le"), "body must be JSON"],
    ["gzip", gzipSync('{"displayName":"jo"}'), "body must be "],
    ["a control character", named("\0"), "body must be JSON"],
    ["two values", Buffer.from('{"displayName":"jo"}{}'), "body must be JSON"],
    ["a number too much", Buffer.from('{"displayName":"jo"}1'), "body must be JSON"],
    ["NaN", Buffer.from('{"custom":{"a":NaN}}'), "body must be JSON"],
    ["65 levels", Buffer.from(`{"custom":${'{"a":'.repeat(64)}1${"}".repeat(64)}}`), "body must not be deeper than 64"],
    ["100,000 levels", Buffer.from("[".repeat(100_000)), "body must not be deeper than 64"],
    ["a million levels", Buffer.from(`${"[".repeat(1e6)}${"]".repeat(1e6)}`), "body must not be deeper than 64"],
  ])("is refused with 400: %s", async (_name, body, words) => {
    const answer = await update(body);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain(words);
    expect(emulator.export().users).toEqual([]);
  });

  it.each<[name: string, body: Uint8Array, displayName: string]>([
    ["a mark of the byte order", Buffer.from('\ufeff{"displayName":"jo"}'), "jo"],
    ["the same key twice, of which the last counts", Buffer.from('{"displayName":"a","displayName":"b"}'), "b"],
    [
      "brackets in strings",
      named(`${"[{".repeat(1_000)}\\"${"[".repeat(100)}\\\\`),
      `${"[{".repeat(1_000)}"${"[".repeat(100)}\\`,
    ],
    ["escapes of what JSON cannot hold", named("\\u0000\\ud83c\\udf88"), "\0🎈"],
  ])("is read: %s", async (_name, body, displayName) => {
    expect(await update(body)).toMatch(/^HTTP\/1\.1 200 /);
    expect(emulator.export().users).toMatchObject([{ userId: "jo", displayName }]);
  });

  it("is held to be what it is, whatever is said about it", async () => {
    const body = Buffer.from('{"displayName":"jo"}');
    for (const type of ["text/plain; charset=utf-16", "application/xml", "multipart/form-data; boundary=x", ";"]) {
      expect(await update(body, `Content-Type: ${type}`)).toMatch(/^HTTP\/1\.1 200 /);
    }
  });
});

/** Every kind of place that reads a body, and what it says to one that is too long. */
const READERS: [place: string, lines: string[], status: number][] = [
  ["the API", [TRACK, KEY], 413],
  ["the API, without a key", [TRACK], 401],
  ["Call Connect", ["POST /call/start HTTP/1.1"], 401],
  ["the Client API", ["POST /v1/client/challenge/sms HTTP/1.1", JSON_TYPE], 401],
  ["a page", ["POST /challenge/start HTTP/1.1", FORM], 413],
  ["a page, without a form", ["POST /challenge/start HTTP/1.1"], 415],
  ["the inspector", ["POST /_inspector/reset HTTP/1.1", FORM], 413],
  ["a control route", ["PUT /_emulator/state HTTP/1.1", JSON_TYPE], 413],
  ["nothing", ["POST /nothing HTTP/1.1"], 404],
];

describe("a body that is too long", () => {
  it("is refused before any of it is there", async () => {
    const answers = READERS.map(async ([place, lines]) => {
      const { statuses } = await exchange(emulator, message([...lines, HOST, "Content-Length: 4000000000"]));
      return [place, statuses];
    });
    expect(await Promise.all(answers)).toEqual(READERS.map(([place, , status]) => [place, [status]]));
  });

  it("is not asked for", async () => {
    const lines = [TRACK, HOST, KEY, "Content-Length: 4000000000", "Expect: 100-continue"];
    const { text } = await exchange(emulator, message(lines));
    expect(text).toContain("HTTP/1.1 413 ");
    expect(emulator.export().actions).toEqual([]);
  });

  it("is not kept and ends the connection where it has no end", async () => {
    const piece = Buffer.from(`10000\r\n${"x".repeat(65_536)}\r\n`);
    const before = process.memoryUsage().arrayBuffers;
    const answers = READERS.map(async ([place, lines]) => {
      const { statuses } = await exchange(emulator, message([...lines, HOST, CHUNKED]), piece);
      return [place, statuses];
    });
    expect(await Promise.all(answers)).toEqual(READERS.map(([place, , status]) => [place, [status]]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(256 * 1024 * 1024);
    expect(emulator.export().actions).toEqual([]);
  });
});

describe("who is slow", () => {
  const slow = (bytes: Uint8Array) => {
    const socket = connectTo(emulator).on("error", () => {});
    socket.resume().write(bytes);
    return socket;
  };

  it("does not delay other requests, and is closed at the end", async () => {
    const heads = Array.from({ length: 150 }, () => slow(Buffer.from(`${TRACK}\r\n${HOST}\r\nX-Slow: `)));
    const bodies = READERS.map(([, lines]) => slow(message([...lines, HOST, "Content-Length: 100"], "{")));
    const silent = Array.from({ length: 50 }, () => slow(Buffer.alloc(0)));
    const all = [...heads, ...bodies, ...silent];
    await Promise.all(all.map((socket) => (socket.connecting ? once(socket, "connect") : undefined)));
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        fetch(`${emulator.apiUrl}/users/usr_${index}/actions/withdraw`, {
          method: "POST",
          headers: { authorization: basic(emulator.apiSecretKey) },
          body: "{}",
        }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(emulator.export().actions).toHaveLength(100);
    const ends = all.map((socket) => (socket.closed ? undefined : once(socket, "close")));
    await emulator.close();
    await Promise.all(ends);
  });

  it("has a minute for a request, and then it is over", async () => {
    const servers: Server[] = [];
    const note = (event: unknown) => servers.push(Object(event).server);
    subscribe("http.server.request.start", note);
    await isUp();
    unsubscribe("http.server.request.start", note);
    const server = servers.find((one) => Object(one.address()).port === Number(new URL(emulator.origin).port));
    expect(server?.headersTimeout).toBe(60_000);
    expect(server?.requestTimeout).toBe(60_000);
  });
});
