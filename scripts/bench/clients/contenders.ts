/** The clients that are compared, each with the same two calls. */
import { Agent, request } from "node:http";
import type { paths } from "../../../generated/authsignal.ts";

/** A client with its options. Both calls return the body of the response. */
export interface Contender {
  getUser(): Promise<unknown>;
  track(): Promise<unknown>;
}

/** The client that the others are compared with. */
export const OFFICIAL = "@authsignal/node";

const KEY = "sk_bench";
const PLACE = { userId: "usr_123", action: "withdraw" };
const USER = `/users/${PLACE.userId}`;
const ACTION = `${USER}/actions/${PLACE.action}`;
const ATTRIBUTES = { email: "jo@example.com", custom: { amount: 250.5, currency: "NZD" } };
const HEADERS = { authorization: `Basic ${btoa(`${KEY}:`)}`, "content-type": "application/json" };

/** The request of `track`. It names the action, so that all clients send the same. */
function attributes() {
  return { ...ATTRIBUTES, idempotencyKey: crypto.randomUUID() };
}

/**
 * The clients with default settings. Each is loaded on demand, so that a process holds one client. `openai` and `stripe`
 * are no clients of Authsignal, and show the scale; `stripe` calls other paths and sends a form instead of JSON.
 */
export const CONTENDERS = {
  "authsignal-ts": async (url) => {
    const { Authsignal }: typeof import("../../../src/index.ts") = await import(built(""));
    const client = new Authsignal({ apiSecretKey: KEY, apiUrl: url });
    return {
      getUser: () => client.getUser({ userId: PLACE.userId }),
      track: () => client.track({ ...PLACE, attributes: attributes() }),
    };
  },
  "authsignal-ts/client": async (url) => {
    const { createAuthsignalClient }: typeof import("../../../src/client.ts") = await import(built("/client"));
    return typedClient(createAuthsignalClient({ apiSecretKey: KEY, apiUrl: url }));
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
      getUser: () => send("GET", USER),
      track: () => send("POST", ACTION, JSON.stringify(attributes())),
    };
  },
  fetch: async (url) => {
    const send = async (path: string, init: RequestInit): Promise<unknown> => (await fetch(url + path, init)).json();
    return {
      getUser: () => send(USER, { headers: HEADERS }),
      track: () => send(ACTION, { method: "POST", headers: HEADERS, body: JSON.stringify(attributes()) }),
    };
  },
  "openapi-fetch": async (url) => {
    const { default: createClient } = await import("openapi-fetch");
    return typedClient(createClient<paths>({ baseUrl: url, headers: HEADERS }));
  },
  [OFFICIAL]: async (url) => {
    const { Authsignal } = await import(OFFICIAL);
    const client = new Authsignal({ apiSecretKey: KEY, apiUrl: url });
    return {
      getUser: () => client.getUser({ userId: PLACE.userId }),
      track: () => client.track({ ...PLACE, attributes: attributes() }),
    };
  },
  openai: async (url) => {
    const { default: OpenAI } = await import("openai");
    const client = new OpenAI({ apiKey: KEY, baseURL: url });
    return {
      getUser: () => client.get(USER),
      track: () => client.post(ACTION, { body: attributes() }),
    };
  },
  stripe: async (url) => {
    const { default: Stripe } = await import("stripe");
    const { hostname, port } = new URL(url);
    const client = new Stripe(KEY, { host: hostname, port, protocol: "http" });
    return {
      getUser: () => client.customers.retrieve(PLACE.userId),
      track: () => {
        const { email, custom, idempotencyKey } = attributes();
        return client.customers.create({ email, metadata: custom }, { idempotencyKey });
      },
    };
  },
} satisfies Record<string, (url: string) => Promise<Contender>>;

export type ContenderName = keyof typeof CONTENDERS;

export function isContender(name: string): name is ContenderName {
  return name in CONTENDERS;
}

function typedClient(client: import("../../../src/client.ts").AuthsignalClient): Contender {
  return {
    getUser: async () => (await client.GET("/users/{userId}", { params: { path: { userId: PLACE.userId } } })).data,
    track: async () => {
      const sent = { params: { path: PLACE }, body: attributes() };
      return (await client.POST("/users/{userId}/actions/{action}", sent)).data;
    },
  };
}

/** The name of an entry of this package, which the compiler cannot resolve before the build. */
function built(entry: "" | "/client"): string {
  return `authsignal-ts${entry}`;
}
