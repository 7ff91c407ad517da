// Shared by all programs: the client of this run, its calls, and the report of their outcomes. Programs in CommonJS use calls.cjs.

import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";

const { API_URL, CLIENT, REPORT } = process.env;

/** The package of the client of this run. */
export const packageName = CLIENT === "ours" ? "authsignal-ts" : "@authsignal/node";

/** The options of both clients. */
export const options = { apiSecretKey: "sk_field", apiUrl: API_URL };

/** Makes every call in turn. A call that fails is reported by the fields of its error. */
export const callAll = async (client) => ({
  getUser: await settle(client.getUser({ userId: "ann" })),
  track: await settle(
    client.track({
      userId: "ann",
      action: "withdraw",
      attributes: { ipAddress: "203.0.113.7", custom: { amount: 5 } },
    }),
  ),
  validateChallenge: await settle(client.validateChallenge({ token: "t", action: "withdraw" })),
  refused: await settle(client.getUser({ userId: "gone" })),
  webhook: await settle(receive(client.webhook, (body) => body)),
  webhookOfBytes: await settle(receive(client.webhook, Buffer.from)),
});

/** Verifies a signed webhook, with the body in the form of the program. */
async function receive(webhook, form) {
  const data = {
    to: "+64270000000",
    code: "000111",
    userId: "ann",
    idempotencyKey: "attempt-1",
    actionCode: "withdraw",
  };
  const envelope = {
    version: 1,
    id: "event-1",
    source: "https://authsignal.com",
    time: "2026-01-15T03:04:05.678Z",
    tenantId: "tenant-1",
  };
  const body = JSON.stringify({ ...envelope, type: "sms.created", data });
  const timestamp = Math.round(Date.now() / 1_000);
  const hash = createHmac("sha256", "sk_field").update(`${timestamp}.${body}`).digest("base64").replace("=", "");
  return webhook.constructEvent(form(body), `t=${timestamp},v2=${hash}`);
}

/** Returns the value of a call, or the fields of its error. */
export const settle = (call) => call.catch(describeError);

function describeError(error) {
  const { name, message, errorCode, statusCode, attempts, mayHaveBeenProcessed, cause } = error;
  return { name, message, errorCode, statusCode, attempts, mayHaveBeenProcessed, cause: cause && String(cause) };
}

/** Prints the report. */
export const write = (value) => writeFileSync(REPORT, JSON.stringify(value));

/** Prints the report and exits, because an agent may keep the process alive. */
export const report = (value) => {
  write(value);
  process.exit();
};
