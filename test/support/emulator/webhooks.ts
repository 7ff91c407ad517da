import { Authsignal as Official } from "@authsignal/node";
import { expect } from "vitest";
import { type LogBatch, type UnknownEvent, Webhook, type WebhookEvent } from "../../../src/index.ts";
import { type Received, type Reply, serve, type TestServer } from "../server.ts";

export const KEY = "sk_emulator_default";

/** A signed request. */
interface Signed {
  readonly headers: Received["headers"];
  readonly body: string;
}

/** Returns the event of a delivery whose signature both our client and the official one accept. */
export function eventOf({ headers, body }: Signed, key = KEY): WebhookEvent | LogBatch | UnknownEvent {
  const signature = `${headers["x-signature-v2"]}`;
  const event = new Webhook(key).constructEvent(body, signature);
  expect(new Official({ apiSecretKey: key }).webhook.constructEvent(body, signature)).toEqual(event);
  return event;
}

/** Returns the types of the received events, in order. */
export function typesOf({ received }: Pick<TestServer, "received">): string[] {
  return received.flatMap((one) => eventOf(one).type ?? "batch");
}

/** Starts a receiver that responds with 204, or as `reply` does. */
export function receiver(reply: Reply = (response) => response.writeHead(204).end()): Promise<TestServer> {
  return serve(reply);
}

/** Responds with one status after another, and then always with the last one. */
export function statuses(...all: readonly number[]): Reply {
  return (response, _request, count) => response.writeHead(all[Math.min(count, all.length) - 1] ?? 200).end();
}

/** Returns a promise, and the function that resolves it. */
export function signal(): { readonly happened: Promise<void>; happen(): void } {
  let happen = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen: () => happen() };
}
