import { bodies } from "../../../generated/emulator-validators.js";
import { describeProblems } from "../http/validation.ts";
import type { EventType, WebhooksConfiguration } from "../state/rows.ts";
import { isDuration, millisecondsOf } from "../tenant/clock.ts";

const DEFAULT_TIMEOUT = 10_000;
const DEFAULT_LOG_DELAY = 15 * 60_000;
const LONGEST_LOG_DELAY = 365 * 24 * 60 * 60_000;

/** @throws TypeError that says what to change, when a configuration cannot be used. */
export function checkWebhooks(configuration: WebhooksConfiguration): void {
  const fits = bodies.setWebhooks;
  if (!fits(configuration)) throw new TypeError(describeProblems(fits.errors ?? [], "webhooks"));
  const { url, urls = {}, logDelay } = configuration;
  for (const [name, text] of [["url", url], ...Object.entries(urls).map(([type, one]) => [`urls["${type}"]`, one])]) {
    if (text !== undefined && !isUrl(text)) {
      throw new TypeError(
        `webhooks.${name} must be an absolute http or https URL without user and password, such as http://localhost:3000/webhooks`,
      );
    }
  }
  if (logDelay !== undefined && delayIn(logDelay) === undefined) {
    throw new TypeError(`webhooks.logDelay must be milliseconds, or a text such as "15m", from 0 to 365 days`);
  }
}

/** Where events of a type go; undefined when they are not sent. */
export function urlOf({ url, urls = {} }: WebhooksConfiguration, type: EventType): string | undefined {
  return urls[type] ?? url;
}

/** How long an answer may take, in milliseconds. */
export function timeoutOf({ timeout = DEFAULT_TIMEOUT }: WebhooksConfiguration): number {
  return timeout;
}

/** How long log records wait, in milliseconds. */
export function logDelayOf({ logDelay = DEFAULT_LOG_DELAY }: WebhooksConfiguration): number {
  return delayIn(logDelay) ?? DEFAULT_LOG_DELAY;
}

function delayIn(text: string | number): number | undefined {
  const delay = isDuration(text) ? millisecondsOf(text) : undefined;
  return delay !== undefined && delay >= 0 && delay <= LONGEST_LOG_DELAY ? delay : undefined;
}

function isUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
