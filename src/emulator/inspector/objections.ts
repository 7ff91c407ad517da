import type { Delivery } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Step } from "./timeline.ts";

/** What webhooks did not agree to, by the name of the action. */
export type Objections = ReadonlyMap<string, readonly Step[]>;

/** How far back the log of deliveries is read. */
const MOST_DELIVERIES = 200;

/** Finds the questions to webhooks that had no good answer, so that something did not go on. */
export function objectionsOf({ state }: Tenant): Objections {
  const steps = new Map<string, Step[]>();
  for (const delivery of [...state.deliveries].slice(-MOST_DELIVERIES)) {
    if (delivery.mode !== "synchronous" || delivery.state !== "failed") continue;
    const { userId, actionCode, action, idempotencyKey } = dataOf(delivery);
    const name = nameOf(userId, actionCode ?? action, idempotencyKey);
    steps.set(name, [...(steps.get(name) ?? []), stepOf(delivery)]);
  }
  return steps;
}

/** The name of one action. */
export function nameOf(userId: unknown, actionCode: unknown, idempotencyKey: unknown): string {
  return JSON.stringify([userId, actionCode, idempotencyKey]);
}

function stepOf({ type, attempts, createdAt }: Delivery): Step {
  const { status, error } = attempts.at(-1) ?? {};
  const reason = [status, error].filter((one) => one !== undefined).join(", ");
  return { tone: "bad", words: `Webhook ${type} did not agree`, note: reason, at: createdAt };
}

function dataOf({ body }: Delivery): Record<string, unknown> {
  try {
    return { ...Object(JSON.parse(body)).data };
  } catch {
    return {};
  }
}
