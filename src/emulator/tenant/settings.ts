import { type Duration, millisecondsOf } from "../state/duration.ts";
import type { Complete, Message, Outcome, WebhooksConfiguration } from "../state/rows.ts";
import { checkWebhooks } from "../webhooks/configuration.ts";
import { checkOutcome } from "./rules.ts";

/** A message for which a code is generated. */
export type UncodedMessage = Pick<Message, "channel" | "to" | "userId" | "action" | "locale">;

/** Options for the behavior of an emulator. */
export interface BehaviourOptions {
  /** The one-time codes: the same for all, `"random"`, or a function that returns the code of a message. Default `"123456"`. */
  otp?: string | ((message: UncodedMessage) => string) | undefined;
  /** The outcome of an action to which no rule applies. Default `"ALLOW"`. */
  defaultOutcome?: Outcome | undefined;
  /** Rejects request fields that are not in the spec; the service ignores them. Default true. */
  strict?: boolean | undefined;
  /** Enforces the documented limits: 6 texts or 12 e-mails in 10 minutes, 10 codes in 5 minutes. Default true. */
  limits?: boolean | undefined;
  /** Accepts a token only once, to validate it or to create a session. Default true. */
  singleUseTokens?: boolean | undefined;
  /** Creates recovery codes for a user who enrolls for the first time. Default true. */
  recoveryCodes?: boolean | undefined;
  /** Lifetime of the token of an action. Default `"10m"`. */
  tokenLifetime?: Duration | undefined;
  /** Lifetime of a one-time code or a link. Default `"10m"`. */
  codeLifetime?: Duration | undefined;
  /** Lifetime of the access token of a session. Default `"1h"`. */
  accessTokenLifetime?: Duration | undefined;
  /** Lifetime of the refresh token of a session. Default `"30d"`. */
  refreshTokenLifetime?: Duration | undefined;
  /** Origins, such as `https://app.example.com` or `myapp://`, to which challenge pages may redirect; those of this machine are always allowed. */
  allowedRedirects?: readonly string[] | undefined;
  /** Where events go, and how: for every tenant, until `webhooks.configure` is called. Default: nowhere. */
  webhooks?: WebhooksConfiguration | undefined;
  /** Sends events to their URLs, such as `(request) => app.fetch(request)`. Default: the global `fetch`. */
  fetch?: ((request: Request) => Response | Promise<Response>) | undefined;
  /** Returns numbers from 0 to 1 that decide about faults with a probability. Default `Math.random`. */
  random?: (() => number) | undefined;
}

/** The options with all defaults. Durations are milliseconds. */
export interface Settings extends Complete<BehaviourOptions> {
  readonly tokenLifetime: number;
  readonly codeLifetime: number;
  readonly accessTokenLifetime: number;
  readonly refreshTokenLifetime: number;
}

/**
 * Checks options and fills in the defaults.
 * @throws TypeError that says what to change.
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

/** Schemes of URLs that run code or read files. */
const DANGEROUS = ["javascript:", "data:", "vbscript:", "blob:", "file:"];

/**
 * Returns what is compared with the allowed redirects: the origin of a URL or, for the scheme of an app, the scheme;
 * undefined for a text that is no safe absolute URL.
 */
export function redirectScope(text: string): string | undefined {
  // `localhost:3000` parses as a URL with the scheme "localhost:", but it is a host with a port.
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
