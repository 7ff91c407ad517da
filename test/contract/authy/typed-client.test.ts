import { describe, expect, expectTypeOf, inject, it } from "vitest";
import { AuthyError, createAuthyClient, type Fetch } from "../../../src/authy/index.ts";
import { only, parsed, prismFor, useLoopback } from "../harness.ts";
import { json, record } from "../recorder.ts";
import {
  authyOperationNamed,
  authyOperations,
  fillPath,
  type Operation,
  pathOf,
  queryOf,
  responsesOf,
} from "../spec.ts";
import { apiKey } from "./calls.ts";
import { FAILURE, ours, schemaOf } from "./our-names.ts";

// The typed client of Authy: bodies and responses in camelCase, paths and queries with the names of the wire.

const TRANSPORTS: Record<string, Fetch | undefined> = { "node:http": undefined, fetch: globalThis.fetch };

const loopback = useLoopback();

describe.each(Object.entries(TRANSPORTS))("over %s", (_transport, fetch) => {
  const clientAt = (apiUrl: string) => createAuthyClient({ apiKey, apiUrl, fetch, retries: 0 });

  describe.each(authyOperations.map((operation) => [operation.name, operation] as const))("%s", (_name, operation) => {
    const bodies = Object.entries(operation.bodies ?? { nothing: undefined });

    it.each(bodies)("sends %s, and every parameter", async (_body, body) => {
      const relay = prismFor(operation, loopback);
      const { data } = Object(await request(clientAt(relay.apiUrl), operation, body && oursOf(operation, body)));
      const sent = only(relay.exchanges);
      expect(sent.violations).toBeUndefined();
      expect(`${sent.method} ${pathOf(sent.path)}`).toBe(`${operation.method} ${fillPath(operation)}`);
      expect(queryOf(sent.path)).toEqual(queryOf(operation));
      expect(parsed(sent.body)).toEqual(body);
      expect(data).toStrictEqual(ours(JSON.parse(sent.response), successOf(operation)));
    });

    it.each(responsesOf(operation, ["200"]))(
      "returns %s %s unchanged, in camelCase",
      async (_status, example, body) => {
        const relay = prismFor(operation, loopback, `code=200, example=${example}`);
        const { data, error, response } = Object(await request(clientAt(relay.apiUrl), operation));
        expect(data).toStrictEqual(ours(body, successOf(operation)));
        expect(error).toBeUndefined();
        expect(response.status).toBe(200);
      },
    );

    it.each(responsesOf(operation, ["400", "401", "403", "404", "429", "500", "503"]))(
      "gives %s %s, with our names",
      async (status, example, body) => {
        const relay = prismFor(operation, loopback, `code=${status}, example=${example}`);
        const { data, error, response } = Object(await request(clientAt(relay.apiUrl), operation));
        expect(data).toBeUndefined();
        expect(error).toStrictEqual(ours(body, FAILURE));
        expect([response.status, response.ok]).toEqual([Number(status), false]);
        expect(response.headers.get("retry-after")).toBe(status === "429" ? "30" : null);
      },
    );
  });

  it("is typed in camelCase, with the names of the wire in path and query", async () => {
    const client = clientAt(inject("prism").authy);
    const { data, error, response } = await client.GET("/protected/json/users/{authy_id}/status", {
      params: { path: { authy_id: "40213377" }, query: { user_ip: "203.0.113.25" } },
    });
    expect(data?.status.detailedDevices?.[0]?.osType).toBe("android");
    expectTypeOf(data?.status.countryCode).toEqualTypeOf<number | undefined>();
    expectTypeOf(error?.errorCode).toExtend<string | undefined>();
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    // @ts-expect-error: the field is camelCase here
    data?.status.country_code;
  });

  it("keeps the `success` of a checked code as the service sends it", async () => {
    const relay = prismFor(authyOperationNamed("tokensVerify"), loopback, "example=valid");
    const { data } = await clientAt(relay.apiUrl).GET("/protected/json/verify/{token}/{authy_id}", {
      params: { path: { token: "0297731", authy_id: "40213377" }, query: { force: true } },
    });
    expect(data?.success).toBe("true");
  });

  it("rejects a success that does not match its schema", async () => {
    const { apiUrl, requests } = record(loopback, json(200, { user: { id: "40213377" }, success: true }));
    const body = { user: { email: "mira@example.com", cellphone: "4155550137", countryCode: 1 } };
    const failing = clientAt(apiUrl).POST("/protected/json/users/new", { body });
    await expect(failing).rejects.toBeInstanceOf(AuthyError);
    await expect(failing).rejects.toMatchObject({
      statusCode: 200,
      errorCode: "invalid_response",
      errorDescription: expect.stringContaining("user.id must be of type number"),
      mayHaveBeenProcessed: true,
    });
    expect(requests).toHaveLength(1);
  });
});

const successOf = ({ method, path }: Operation<"authy">) => schemaOf(method, path, "success");

/** Converts a body of the spec for the typed client. */
function oursOf({ method, path }: Operation<"authy">, body: Parameters<typeof ours>[0]): unknown {
  return ours(body, schemaOf(method, path, "request"));
}

/** Calls an operation by its verb, with the examples of its parameters, and of its body if none is given. */
async function request(
  client: object,
  operation: Operation<"authy">,
  body: unknown = Object.values(operation.bodies ?? {}).map((one) => oursOf(operation, one))[0],
): Promise<unknown> {
  const called: unknown = Reflect.get(client, operation.method);
  if (typeof called !== "function") throw new Error(`The client has no ${operation.method}`);
  const examples = (place: "path" | "query") =>
    operation.parameters.filter((one) => one.in === place).map(({ name, example }) => [name, example]);
  const params = { path: Object.fromEntries(examples("path")), query: Object.fromEntries(examples("query")) };
  return called.call(client, operation.path, { params, body });
}
