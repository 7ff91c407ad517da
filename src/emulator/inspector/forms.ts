import { updateActionState } from "../domain/actions.ts";
import { parseBody } from "../http/body.ts";
import type { FormFields } from "../http/form.ts";
import type { Duration } from "../state/duration.ts";
import type { Action, Outcome } from "../state/rows.ts";
import { sampleSeed } from "../tenant/sample.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { EVENT_TYPES } from "../webhooks/events.ts";
import { FAILURES } from "./failures.ts";

/** Handles a form. @throws TypeError or HttpError when a field is invalid. */
type FormHandler = (tenant: Tenant, fields: FormFields) => void | Promise<void>;

const MAX_TIMES = 1_000;

/** The handlers of the forms, by name. */
export const FORMS: Readonly<Record<string, FormHandler>> = {
  advance: ({ clock }, { by = "" }) => clock.advance(durationOf(by.trim())),
  "set-time": ({ clock }, { time = "" }) => clock.set(time),
  freeze: ({ clock }) => clock.freeze(),
  unfreeze: ({ clock }) => clock.unfreeze(),
  "real-time"({ clock }) {
    clock.unfreeze();
    clock.set(Date.now());
  },

  "add-fault"({ faults }, { operation = "", failure = "", times = "" }) {
    const fault = FAILURES.find(({ name }) => name === failure)?.fault;
    if (!fault) throw new TypeError(`Unknown failure "${failure}": choose one from the list`);
    if (!/^\d{1,4}$/.test(times) || Number(times) < 1 || Number(times) > MAX_TIMES) {
      throw new TypeError(`Times must be a number from 1 to ${MAX_TIMES}, not ${times || "empty"}`);
    }
    faults.add({ ...fault, times: Number(times), ...(operation !== "" && { operations: [operation] }) });
  },
  "clear-faults": ({ faults }) => faults.clear(),

  "set-outcome"({ rules }, { action = "", outcome = "", how }) {
    const code = action.trim();
    if (code === "") throw new TypeError("Enter an action code such as withdraw");
    if (how === "next") rules.next({ action: code, outcome: outcomeOf(outcome) });
    else rules.set(code, outcomeOf(outcome));
  },
  "add-rule"({ rules }, { name = "", action = "", userId = "", where = "", outcome = "" }) {
    rules.add({
      ...(name.trim() !== "" && { name: name.trim() }),
      ...(action.trim() !== "" && { action: action.trim() }),
      ...(userId.trim() !== "" && { userId: userId.trim() }),
      ...(where.trim() !== "" && { where: objectOf(where) }),
      outcome: outcomeOf(outcome),
    });
  },
  "remove-rule": ({ rules }, { rule = "" }) => rules.remove(rule),
  "clear-queue": ({ state }) => {
    state.outcomes.value = [];
  },

  review(tenant, { action: actionId, state = "" }) {
    if (!["REVIEW_SUCCEEDED", "REVIEW_FAILED"].includes(state)) throw new TypeError("Choose Approve or Reject");
    const action = actionWithId(tenant, actionId);
    if (action?.state !== "REVIEW_REQUIRED") throw new TypeError("This action no longer waits for a review");
    tenant.state.transaction(() => updateActionState(tenant, action, "server", { state }));
  },

  "set-webhooks"({ webhooks }, { url = "", ...fields }) {
    const urls = EVENT_TYPES.flatMap((type) => (fields[type]?.trim() ? [[type, fields[type].trim()]] : []));
    const { url: _url, urls: _urls, ...rest } = webhooks.configuration;
    webhooks.configure({
      ...rest,
      ...(url.trim() !== "" && { url: url.trim() }),
      ...(urls.length > 0 && { urls: Object.fromEntries(urls) }),
    });
  },
  async "send-sample"({ webhooks }, { type = "" }) {
    const event = EVENT_TYPES.find((one) => one === type);
    if (!event) throw new TypeError(`Unknown event "${type}": choose one from the list`);
    await webhooks.sendSample(event);
  },
  async redeliver({ webhooks }, { delivery = "" }) {
    await webhooks.redeliver(delivery);
  },
  "flush-logs": ({ webhooks }) => webhooks.flushLogs(),

  "clear-outbox": ({ outbox }) => outbox.clear(),
  "clear-requests": ({ requests }) => requests.clear(),
  reset: (tenant) => tenant.reset(),
  sample(tenant) {
    const { tenantId, origin } = tenant;
    tenant.reset();
    tenant.import(sampleSeed({ tenantId, origin }));
  },
};

/** Returns the action with an id. */
export function actionWithId({ state }: Tenant, actionId: string | undefined): Action | undefined {
  return state.actions.find((action) => action.actionId === actionId);
}

function durationOf(text: string): Duration {
  if (isDuration(text)) return text;
  throw new TypeError(`${text || "An empty text"} is not a duration: enter one such as 16m, 2h or 3 days`);
}

function isDuration(text: string): text is Extract<Duration, string> {
  return /^-?\d{1,12}(\.\d{1,6})? ?[a-z]{1,20}$/i.test(text);
}

function outcomeOf(text: string): Outcome {
  const outcome = (["ALLOW", "BLOCK", "CHALLENGE", "REVIEW"] as const).find((one) => one === text);
  if (!outcome) throw new TypeError(`Unknown outcome "${text}": choose one from the list`);
  return outcome;
}

function objectOf(text: string): Record<string, unknown> {
  const value = parseBody(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new TypeError('Where must be a JSON object such as { "custom": { "isNewPayee": true } }');
}
