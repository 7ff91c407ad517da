import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTENDERS, isContender } from "../../scripts/bench/clients/contenders.ts";
import { TRACKED } from "../support/clients.ts";
import { json, type Received, serve, type TestServer } from "../support/server.ts";

const ANSWER = { ...TRACKED, isEnrolled: true };
const BODY = {
  email: "jo@example.com",
  custom: { amount: 250.5, currency: "NZD" },
  idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
};

let server: TestServer;
let received: Received[];

beforeAll(async () => {
  server = await serve((response, request) => {
    received.push(request);
    json(response, 200, ANSWER);
  });
});
afterAll(() => server[Symbol.asyncDispose]());

describe.each(Object.keys(CONTENDERS).filter(isContender))("%s", (name) => {
  const path = name === "stripe" ? "/v1/customers" : "/v1/users";

  it("sends the same requests as the others and reads the same fields", async () => {
    received = [];
    const client = await CONTENDERS[name](`${server.url}/v1`);
    expect(await client.getUser()).toMatchObject(ANSWER);
    expect(await client.track()).toMatchObject(ANSWER);

    const [read, written, ...more] = received;
    expect(more).toEqual([]);
    expect(read).toMatchObject({ method: "GET", path: `${path}/usr_123` });
    expect(written?.method).toBe("POST");
    for (const request of [read, written]) expect(request?.headers.authorization).toMatch(/^(Basic|Bearer) ./);
    if (name === "stripe") {
      const form = new URLSearchParams(written?.body);
      expect(Object.fromEntries(form)).toEqual({
        email: BODY.email,
        "metadata[amount]": "250.5",
        "metadata[currency]": "NZD",
      });
      expect(written?.headers["idempotency-key"]).toEqual(BODY.idempotencyKey);
    } else {
      expect(written?.path).toBe(`${path}/usr_123/actions/withdraw`);
      expect(JSON.parse(written?.body ?? "")).toEqual(BODY);
    }
    expect(written?.headers).toMatchObject({ "content-length": `${written?.body.length}` });
  });
});
