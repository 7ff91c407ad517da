import { isEqualInConstantTime } from "../platform/constant-time.ts";
import { hmacSha256 } from "../platform/hmac.ts";
import type { WebhookHeaders } from "../webhook/webhook.ts";

/** Which attempt a browser has made. */
export interface Ticket {
  readonly idempotencyKey: string;
  readonly userId: string;
  readonly action: string;
  /** In Unix milliseconds. */
  readonly expiresAt: number;
}

/** A ticket that a browser has brought back. */
export interface HeldTicket extends Ticket {
  /** That of the challenge; empty while the person has not come back. */
  readonly token: string;
}

const COOKIE = /(?:^|;)\s*step-up=([^;:]+):([^;:]+):([\w.-]*)(?=\s*(?:;|$))/g;

/**
 * A cookie, as name and value, that holds a signed ticket. The token needs no signature: the service is asked about it.
 * Something that cannot be a token is left out.
 */
export function cookieOf(secret: string, ticket: Ticket, token = ""): string {
  const { idempotencyKey, userId, action, expiresAt } = ticket;
  const payload = encodeURIComponent(JSON.stringify([idempotencyKey, userId, action, expiresAt]));
  return `step-up=${payload}:${signatureOf(secret, payload)}:${/^[\w.-]+$/.test(token) ? token : ""}`;
}

/** The tickets in the cookies of a request that this secret has signed. */
export function ticketsIn(headers: WebhookHeaders, secret: string): HeldTicket[] {
  const cookies = typeof headers.get === "function" ? headers.get("cookie") : Reflect.get(headers, "cookie");
  return [...`${cookies ?? ""}`.matchAll(COOKIE)].flatMap(([, payload = "", signature = "", token = ""]) => {
    if (!isEqualInConstantTime(signatureOf(secret, payload), signature)) return [];
    const ticket: [string, string, string, number] = JSON.parse(decodeURIComponent(payload));
    const [idempotencyKey, userId, action, expiresAt] = ticket;
    return [{ idempotencyKey, userId, action, expiresAt, token }];
  });
}

/** It begins with its purpose, so that what the secret signs elsewhere is no ticket. */
function signatureOf(secret: string, payload: string): string {
  return hmacSha256(secret, `authsignal-step-up:${payload}`);
}
