import { Authsignal as Official } from "@authsignal/node";
import { expect } from "vitest";
import { type LogBatch, Webhook, type WebhookEvent } from "../../../src/index.ts";
import { type Received, type Reply, serve, type TestServer } from "../server.ts";

export const KEY = "sk_emulator_default";

/** What a request had to be proven by. */
interface Signed {
  readonly headers: Received["headers"];
  readonly body: string;
}

/** The event of a delivery that both our client and the official one find to be genuine. */
export function eventOf({ headers, body }: Signed, key = KEY): WebhookEvent | LogBatch {
  const signature = `${headers["x-signature-v2"]}`;
  const event = new Webhook(key).constructEvent(body, signature);
  expect(new Official({ apiSecretKey: key }).webhook.constructEvent(body, signature)).toEqual(event);
  return event;
}

/** The types of what was received, in order. */
export function typesOf({ received }: Pick<TestServer, "received">): string[] {
  return received.flatMap((one) => eventOf(one).type ?? "batch");
}

/** A receiver that takes everything, or answers as it is told. */
export function receiver(reply: Reply = (response) => response.writeHead(204).end()): Promise<TestServer> {
  return serve(reply);
}

/** Answers with one status after another, and with the last one from then on. */
export function statuses(...all: readonly number[]): Reply {
  return (response, _request, count) => response.writeHead(all[Math.min(count, all.length) - 1] ?? 200).end();
}

/** Waits, without asking again and again, for something that happens some time. */
export function signal(): { readonly happened: Promise<void>; happen(): void } {
  let happen = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen: () => happen() };
}
