import { randomUUID } from "node:crypto";
import { TRACKED, USER } from "../../support/clients.ts";
import type { Api } from "../api.ts";

/** A request that a client makes, and its good response. */
export interface PeerOperation {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly good: object;
}

/** The last part of the path of the earlier call. */
export const EARLIER = "earlier";

/** The operations of Authsignal that are compared. */
export const AUTHSIGNAL_OPERATIONS = {
  getUser: { method: "GET", path: "/users/u", good: { ...USER, email: "éva@example.com", custom: { tier: "gold" } } },
  track: { method: "POST", path: "/users/u/actions/withdraw", good: TRACKED },
  deleteAuthenticator: { method: "DELETE", path: "/users/u/authenticators/a", good: { success: true } },
} satisfies Record<string, PeerOperation>;

/** The operations of OpenAI that are compared. */
export const OPENAI_OPERATIONS = {
  retrieve: { method: "GET", path: "/models/m", good: { id: "m", object: "model", created: 1, owned_by: "éva" } },
  create: {
    method: "POST",
    path: "/chat/completions",
    good: {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: "é" }, finish_reason: "stop" }],
    },
  },
  delete: { method: "DELETE", path: "/models/m", good: { id: "m", object: "model", deleted: true } },
} satisfies Record<string, PeerOperation>;

/** The operations of Stripe that are compared. */
export const STRIPE_OPERATIONS = {
  retrieve: { method: "GET", path: "/v1/customers/cus_1", good: { id: "cus_1", object: "customer", name: "éva" } },
  create: { method: "POST", path: "/v1/customers", good: { id: "cus_1", object: "customer", name: "éva" } },
  delete: {
    method: "DELETE",
    path: "/v1/customers/cus_1",
    good: { id: "cus_1", object: "customer", deleted: true },
  },
} satisfies Record<string, PeerOperation>;

/** Makes a service with these operations. The first one is a read. */
export function apiOf(operations: Readonly<Record<string, PeerOperation>>): Api {
  const all = Object.values(operations);
  const [read] = all;
  if (!read) throw new Error("There is no operation");
  return {
    meaningOf({ method, path, headers, body }) {
      const operation = all.find((one) => one.method === method && one.path === path);
      if (!operation) return undefined;
      const key = method === "POST" ? (headers.get("idempotency-key") ?? keyIn(body) ?? randomUUID()) : "";
      return { key: `${method} ${path} ${key}`, good: operation.good, isDeletion: method === "DELETE" };
    },
    earlierPath: read.path.replace(/[^/]+$/, EARLIER),
    earlierGood: read.good,
  };
}

/** Reads the idempotency key, which Authsignal takes in the body. */
function keyIn(body: string): string | undefined {
  return body.startsWith("{") ? JSON.parse(body).idempotencyKey : undefined;
}
