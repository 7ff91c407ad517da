import { describe, expect, it } from "vitest";
import type { Fetch } from "../../../src/authy/index.ts";
import { useLoopback } from "../harness.ts";
import { json, record } from "../recorder.ts";
import { allAuthyCalls, invokeAuthy, usualArguments } from "./calls.ts";

// Which calls are retried when the service fails: none that sends a message, checks a code or creates something.

const TRANSPORTS: Record<string, Fetch | undefined> = { "node:http": undefined, fetch: globalThis.fetch };

const ONCE = [
  "usersCreate",
  "usersRequestSms",
  "usersRequestCall",
  "usersRequestEmail",
  "usersGenerateQr",
  "usersRegisterActivity",
  "tokensVerify",
  "phonesVerificationStart",
  "phonesVerificationCheck",
  "oneTouchSendRequest",
];

const AT_ONCE = { "retry-after": "0" };
const loopback = useLoopback();

describe.each(Object.entries(TRANSPORTS))("over %s", (_transport, fetch) => {
  describe.each(allAuthyCalls)("%s", (name, call) => {
    /** Counts the requests of a call when the service always sends the same response. */
    async function timesSent(status: number): Promise<number> {
      const { apiUrl, requests } = record(loopback, json(status, {}, AT_ONCE));
      const { error } = await invokeAuthy(name, usualArguments(call), { apiUrl, fetch, retries: 1 });
      expect(error).toMatchObject({ statusCode: status, attempts: requests.length });
      expect(new Set(requests.map(({ method, path, body }) => `${method} ${path} ${body}`)).size).toBe(1);
      return requests.length;
    }

    it(`is ${ONCE.includes(name) ? "not " : ""}retried after a fault`, async () => {
      expect(await timesSent(500)).toBe(ONCE.includes(name) ? 1 : 2);
      expect(await timesSent(503)).toBe(ONCE.includes(name) ? 1 : 2);
    });

    it("is retried after a 429, and not after another 4xx", async () => {
      expect(await timesSent(429)).toBe(2);
      expect(await timesSent(400)).toBe(1);
      expect(await timesSent(404)).toBe(1);
    });
  });
});
