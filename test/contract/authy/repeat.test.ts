import { describe, expect, it } from "vitest";
import type { Fetch } from "../../../src/authy/index.ts";
import { useLoopback } from "../harness.ts";
import { json, record } from "../recorder.ts";
import { allAuthyCalls, invokeAuthy, usualArguments } from "./calls.ts";

// What is done once more when the service fails: never what sends something, checks a code, or makes something new.

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
    /** How often the call is sent to a service that always answers this. */
    async function timesSent(status: number): Promise<number> {
      const { apiUrl, requests } = record(loopback, json(status, {}, AT_ONCE));
      const { error } = await invokeAuthy(name, usualArguments(call), { apiUrl, fetch, retries: 1 });
      expect(error).toMatchObject({ statusCode: status, attempts: requests.length });
      expect(new Set(requests.map(({ method, path, body }) => `${method} ${path} ${body}`)).size).toBe(1);
      return requests.length;
    }

    it(`is ${ONCE.includes(name) ? "not " : ""}sent again after a fault`, async () => {
      expect(await timesSent(500)).toBe(ONCE.includes(name) ? 1 : 2);
      expect(await timesSent(503)).toBe(ONCE.includes(name) ? 1 : 2);
    });

    it("is sent again when the service asks to wait, and not when it refuses", async () => {
      expect(await timesSent(429)).toBe(2);
      expect(await timesSent(400)).toBe(1);
      expect(await timesSent(404)).toBe(1);
    });
  });
});
