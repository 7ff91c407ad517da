import { bodies } from "../../../generated/emulator-validators.js";
import { describeProblems } from "../http/validation.ts";
import { millisecondsOf } from "../state/duration.ts";
import type { EventType, WebhooksConfiguration } from "../state/rows.ts";

const DEFAULT_TIMEOUT = 10_000;
const DEFAULT_LOG_DELAY = 15 * 60_000;
const LONGEST_LOG_DELAY = 365 * 24 * 60 * 60_000;

/** Checks a configuration. @throws TypeError that says what to change. */
export function checkWebhooks(configuration: WebhooksConfiguration): void {
  const fits = bodies.setWebhooks;
  if (!fits(configuration)) throw new TypeError(describeProblems(fits.errors ?? [], "webhooks"));
  const { url, urls = {}, logDelay } = configuration;
  checkUrl("url", url);
  for (const [type, one] of Object.entries(urls)) checkUrl(`urls["${type}"]`, one);
  if (logDelay !== undefined && parseLogDelay(logDelay) === undefined) {
    throw new TypeError(`webhooks.logDelay must be milliseconds, or a text such as "15m", from 0 to 365 days`);
  }
}

/** Returns the URL for events of a type; undefined when they are not sent. */
export function urlOf({ url, urls = {} }: WebhooksConfiguration, type: EventType): string | undefined {
  return urls[type] ?? url;
}

/** Returns how long a response may take, in milliseconds. */
export function timeoutOf({ timeout = DEFAULT_TIMEOUT }: WebhooksConfiguration): number {
  return timeout;
}

/** Returns how long log records wait before they are sent, in milliseconds. */
export function logDelayOf({ logDelay = DEFAULT_LOG_DELAY }: WebhooksConfiguration): number {
  return parseLogDelay(logDelay) ?? DEFAULT_LOG_DELAY;
}

function parseLogDelay(text: string | number): number | undefined {
  const delay = millisecondsOf(text);
  return delay !== undefined && delay >= 0 && delay <= LONGEST_LOG_DELAY ? delay : undefined;
}

function checkUrl(name: string, text: string | undefined): void {
  if (text === undefined || isReceiverUrl(text)) return;
  throw new TypeError(
    `webhooks.${name} must be an absolute http or https URL without user and password, such as http://localhost:3000/webhooks`,
  );
}

function isReceiverUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
