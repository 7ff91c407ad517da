import { type Duration, millisecondsOf } from "../state/duration.ts";
import type { Complete, Message, Outcome, WebhooksConfiguration } from "../state/rows.ts";
import { checkWebhooks } from "../webhooks/configuration.ts";
import { checkOutcome } from "./rules.ts";

/** A message whose code is being made. */
export type UncodedMessage = Pick<Message, "channel" | "to" | "userId" | "action" | "locale">;

/** How an emulator behaves; all of it is optional. */
export interface BehaviourOptions {
  /** The one-time codes: one for all, `"random"`, or a function that makes one for a message. Default `"123456"`. */
  otp?: string | ((message: UncodedMessage) => string) | undefined;
  /** What happens to an action that no rule fits. Default `"ALLOW"`. */
  defaultOutcome?: Outcome | undefined;
  /** Refuses request fields that the spec does not know; the real service ignores them. Default true. */
  strict?: boolean | undefined;
  /** Keeps the documented limits: 6 texts or 12 e-mails in 10 minutes, 10 tried codes in 5 minutes. Default true. */
  limits?: boolean | undefined;
  /** Lets a token be validated, or made a session of, only once. Default true. */
  singleUseTokens?: boolean | undefined;
  /** Gives recovery codes to a user who enrolls for the first time. Default true. */
  recoveryCodes?: boolean | undefined;
  /** How long the token of an action lives. Default `"10m"`. */
  tokenLifetime?: Duration | undefined;
  /** How long a one-time code or a link lives. Default `"10m"`. */
  codeLifetime?: Duration | undefined;
  /** How long the access token of a session lives. Default `"1h"`. */
  accessTokenLifetime?: Duration | undefined;
  /** How long the refresh token of a session lives. Default `"30d"`. */
  refreshTokenLifetime?: Duration | undefined;
  /** Origins, such as `https://app.example.com` or `myapp://`, to which challenge pages may send people; those of this machine always. */
  allowedRedirects?: readonly string[] | undefined;
  /** Where events go, and how; for every tenant, until it says otherwise by `webhooks.configure`. Default: nowhere. */
  webhooks?: WebhooksConfiguration | undefined;
  /** Carries events to their URLs, such as `(request) => app.fetch(request)`. Default: the global `fetch`. */
  fetch?: ((request: Request) => Response | Promise<Response>) | undefined;
  /** Gives numbers from 0 to 1 that decide about faults with a probability. Default `Math.random`. */
  random?: (() => number) | undefined;
}

/** The same with everything filled in; lengths of time are milliseconds. */
export interface Settings extends Complete<BehaviourOptions> {
  readonly tokenLifetime: number;
  readonly codeLifetime: number;
  readonly accessTokenLifetime: number;
  readonly refreshTokenLifetime: number;
}

/**
 * Fills in what is left out.
 * @throws TypeError that says what to change, when something cannot be used.
 */
export function settingsOf(options: BehaviourOptions): Settings {
  const { otp = "123456", defaultOutcome = "ALLOW", allowedRedirects = [] } = options;
  if (typeof otp !== "function" && (typeof otp !== "string" || !/^(\d{4,10}|random)$/.test(otp))) {
    throw new TypeError('otp must be a text of 4 to 10 digits, "random" or a function');
  }
  checkOutcome({ outcome: defaultOutcome });
  const webhooks = structuredClone(options.webhooks ?? {});
  checkWebhooks(webhooks);
  return {
    otp,
    defaultOutcome,
    strict: options.strict ?? true,
    limits: options.limits ?? true,
    singleUseTokens: options.singleUseTokens ?? true,
    recoveryCodes: options.recoveryCodes ?? true,
    tokenLifetime: lifetime("tokenLifetime", options.tokenLifetime ?? "10m"),
    codeLifetime: lifetime("codeLifetime", options.codeLifetime ?? "10m"),
    accessTokenLifetime: lifetime("accessTokenLifetime", options.accessTokenLifetime ?? "1h"),
    refreshTokenLifetime: lifetime("refreshTokenLifetime", options.refreshTokenLifetime ?? "30d"),
    allowedRedirects: allowedRedirects.map(redirect),
    webhooks,
    fetch: options.fetch ?? ((request) => fetch(request)),
    random: options.random ?? Math.random,
  };
}

const LONGEST = 100 * 365.25 * 24 * 60 * 60 * 1_000;

function lifetime(option: string, duration: Duration): number {
  const milliseconds = millisecondsOf(duration);
  if (milliseconds !== undefined && milliseconds > 0 && milliseconds <= LONGEST) return milliseconds;
  throw new TypeError(`${option} must be milliseconds, or a text such as "10m", more than 0 and at most 100 years`);
}

/** Schemes that run code or read files. */
const DANGEROUS = ["javascript:", "data:", "vbscript:", "blob:", "file:"];

/** What must be the same about a redirect: the origin or, for the scheme of an app, the scheme. */
export function redirectScope(text: string): string | undefined {
  // What looks like a scheme may be a host with a port.
  if (/^[\w.-]+:\d+(\/|$)/.test(text)) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || DANGEROUS.includes(url.protocol)) return undefined;
  return /^https?:$/.test(url.protocol) ? url.origin : url.protocol;
}

function redirect(text: string): string {
  const scope = redirectScope(text);
  if (!scope) throw new TypeError(`allowedRedirects must be origins such as https://app.example.com, not ${text}`);
  return scope;
}
