/** The clients that are compared, each with the same two calls. */
import { Agent, request } from "node:http";
import createClient from "openapi-fetch";
import type { paths } from "../../../generated/authsignal.ts";

/** A client that is set up. */
export interface Contender {
  getUser(): Promise<unknown>;
  track(): Promise<unknown>;
}

const KEY = "sk_bench";
const ATTRIBUTES = { email: "jo@example.com", custom: { amount: 250.5, currency: "NZD" } };
const HEADERS = { authorization: `Basic ${btoa(`${KEY}:`)}`, "content-type": "application/json" };
const PLACE = { userId: "usr_123", action: "withdraw" };

/** Each is loaded only when it is its turn, so that a process holds one client. The first is what the others are measured by. */
export const CONTENDERS = {
  "@authsignal/node": async (url) => {
    const { Authsignal } = await import("@authsignal/node");
    const client = new Authsignal({ apiSecretKey: KEY, apiUrl: url });
    return {
      getUser: () => client.getUser({ userId: PLACE.userId }),
      track: () => client.track({ ...PLACE, attributes: ATTRIBUTES }),
    };
  },
  "authsignal-ts": async (url) => {
    const { Authsignal }: typeof import("../../../src/index.ts") = await import(dist("index.js"));
    const client = new Authsignal({ apiSecretKey: KEY, apiUrl: url });
    return {
      getUser: () => client.getUser({ userId: PLACE.userId }),
      track: () => client.track({ ...PLACE, attributes: ATTRIBUTES }),
    };
  },
  "authsignal-ts/client": async (url) => {
    const { createAuthsignalClient }: typeof import("../../../src/client.ts") = await import(dist("client.js"));
    const client = createAuthsignalClient({ apiSecretKey: KEY, apiUrl: url });
    return {
      getUser: () => client.GET("/users/{userId}", { params: { path: { userId: PLACE.userId } } }),
      track: () => client.POST("/users/{userId}/actions/{action}", { params: { path: PLACE }, body: attributes() }),
    };
  },
  "openapi-fetch": async (url) => {
    const client = createClient<paths>({ baseUrl: url, headers: HEADERS });
    return {
      getUser: () => client.GET("/users/{userId}", { params: { path: { userId: PLACE.userId } } }),
      track: () => client.POST("/users/{userId}/actions/{action}", { params: { path: PLACE }, body: attributes() }),
    };
  },
  fetch: async (url) => {
    const send = async (path: string, init: RequestInit) => (await fetch(url + path, init)).json();
    return {
      getUser: () => send("/users/usr_123", { headers: HEADERS }),
      track: () =>
        send("/users/usr_123/actions/withdraw", {
          method: "POST",
          headers: HEADERS,
          body: JSON.stringify(attributes()),
        }),
    };
  },
  "node:http": async (url) => {
    const agent = new Agent({ keepAlive: true });
    const send = (method: string, path: string, body?: string) =>
      new Promise<unknown>((resolve, reject) => {
        const sent = request(url + path, { method, headers: HEADERS, agent }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("end", () => resolve(JSON.parse(text)));
        });
        sent.on("error", reject).end(body);
      });
    return {
      getUser: () => send("GET", "/users/usr_123"),
      track: () => send("POST", "/users/usr_123/actions/withdraw", JSON.stringify(attributes())),
    };
  },
  openai: async (url) => {
    const { default: OpenAI } = await import("openai");
    const client = new OpenAI({ apiKey: KEY, baseURL: url });
    return {
      getUser: () => client.models.retrieve("usr_123"),
      track: () => client.post("/users/usr_123/actions/withdraw", { body: ATTRIBUTES }),
    };
  },
  stripe: async (url) => {
    const { default: Stripe } = await import("stripe");
    const { hostname, port } = new URL(url);
    const client = new Stripe(KEY, { host: hostname, port, protocol: "http", telemetry: false });
    return {
      getUser: () => client.customers.retrieve("usr_123"),
      track: () => client.customers.create({ email: ATTRIBUTES.email, metadata: { amount: 250.5, currency: "NZD" } }),
    };
  },
} satisfies Record<string, (url: string) => Promise<Contender>>;

export type ContenderName = keyof typeof CONTENDERS;

/** Those who are no client of Authsignal, and are here for scale. */
export const FOR_SCALE: readonly string[] = ["openai", "stripe"];

/** The package as it was built, which is there only after the types were checked. */
function dist(file: string): string {
  return new URL(`../../../dist/${file}`, import.meta.url).href;
}

function attributes() {
  return { ...ATTRIBUTES, idempotencyKey: crypto.randomUUID() };
}
