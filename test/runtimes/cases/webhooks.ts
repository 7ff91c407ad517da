import { expect } from "vitest";
import { VECTORS as CALLBACKS, EXAMPLE } from "../../support/authy/vectors.ts";
import { MISMATCH, OTHER_SECRET, SECRET, SENT_AT, VECTORS } from "../../support/webhook/deliveries.ts";
import type { Case } from "./case.ts";

/** The deliveries of Authsignal with each of two secrets, unchanged and tampered with. */
export const webhookCases: readonly Case[] = VECTORS.flatMap(([body, , withSecret, withOther], index) =>
  [
    { secret: SECRET, header: `t=${SENT_AT},v2=${withSecret}` },
    { secret: OTHER_SECRET, header: `t=${SENT_AT},v2=${withOther}` },
  ].flatMap(({ secret, header }): Case[] => {
    const group = "webhooks";
    const name = `delivery ${index + 1} with ${secret}`;
    const event = JSON.parse(body);
    return [
      {
        group,
        name,
        task: () => ({ kind: "delivery", secret, body, header }),
        expected: { outcome: { value: { events: [event, event, event], signed: header } } },
      },
      {
        group,
        name: `${name}, tampered with`,
        task: () => ({ kind: "delivery", secret, body: `${body} `, header }),
        expected: {
          outcome: { refusal: { type: "InvalidSignatureError", message: expect.stringContaining(MISMATCH) } },
        },
      },
    ];
  }),
);

/** The published callbacks of Authy, unchanged and tampered with. */
export const callbackCases: readonly Case[] = [...CALLBACKS, EXAMPLE].flatMap(({ id, key, isGood, ...parts }) =>
  [
    { name: id, parts, value: isGood },
    { name: `${id}, at another time`, parts: { ...parts, nonce: `${parts.nonce}0` }, value: false },
  ].map(
    ({ name, parts, value }): Case => ({
      group: "callbacks",
      name,
      task: () => ({ kind: "callback", key, parts }),
      expected: { outcome: { value } },
    }),
  ),
);
