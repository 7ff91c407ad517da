import type { operations } from "../../../generated/emulator.ts";
import type { Body, Parameters, ResponseBody } from "../../../generated/emulator-validators.js";
import { version } from "../../../generated/version.ts";
import { fieldOf } from "../../platform/fields.ts";
import type { Handler } from "../http/endpoint.ts";
import { invalidRequest, notFound } from "../http/errors.ts";
import { ConnectionReset } from "../http/faults.ts";
import type { Clock, TenantClock } from "../state/clock.ts";
import { millisecondsOf } from "../state/duration.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** The handlers of the control API, by operation. */
export type ControlApiHandlers = {
  readonly [Name in keyof operations]: Handler<Parameters<Name>, Body<Name>, ResponseBody<Name>, Tenant>;
};

export const handlers: ControlApiHandlers = {
  getHealth: () => ({ status: "ok", version }),

  getMessages: ({ query }, { outbox }) => outbox.list(query),
  clearMessages(_request, { outbox }): undefined {
    outbox.clear();
  },
  waitForMessage({ query: { timeout, ...filter }, signal }, { outbox }) {
    return outbox.waitFor(filter, { timeout, signal }).catch((error: Error) => {
      throw notFound(error.message);
    });
  },

  getTotp({ query: { userId } }, tenant) {
    try {
      return { code: tenant.totp(userId) };
    } catch (error) {
      throw notFound(`${fieldOf(error, "message")}`);
    }
  },

  getRules: (_request, { rules }) => [...rules.list()],
  setRules({ body }, { rules }): undefined {
    rules.replace(body);
  },
  queueOutcomes({ body }, { rules }): undefined {
    rules.next(...body);
  },

  getClock: (_request, { clock }) => toClockResponse(clock),
  setClock({ body }, { clock }) {
    attempt(() => changeClock(clock, body));
    return toClockResponse(clock);
  },

  getFaults: (_request, { faults }) => [...faults.list()],
  addFault({ body }, { faults }): undefined {
    attempt(() => faults.add(body));
  },
  clearFaults(_request, { faults }): undefined {
    faults.clear();
  },

  getWebhooks: (_request, { webhooks }) => webhooks.configuration,
  setWebhooks({ body }, { webhooks }): undefined {
    attempt(() => webhooks.configure(body));
  },
  getDeliveries: ({ query }, { webhooks }) => webhooks.deliveries(query),
  redeliver({ path: { deliveryId } }, { state, webhooks }) {
    if (!state.deliveries.get(deliveryId)) throw notFound(`There is no delivery ${deliveryId}`);
    return webhooks.redeliver(deliveryId).catch(throwInvalidRequest);
  },
  sendSample: ({ body: { type } }, { webhooks }) => webhooks.sendSample(type).catch(throwInvalidRequest),
  flushLogs: (_request, { webhooks }) => webhooks.flushLogs().then(() => undefined),

  getRequests: (_request, { requests }) => [...requests.list()],

  exportState: (_request, tenant) => tenant.export(),
  importState({ body }, tenant): undefined {
    attempt(() => tenant.import(body));
  },
  resetState(_request, tenant): undefined {
    tenant.reset();
  },
};

/** Runs some work on values of the request. A TypeError about them becomes an HttpError with 400. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    throwInvalidRequest(error);
  }
}

/** @throws HttpError with 400 in the place of a TypeError, and any other error as it is. */
function throwInvalidRequest(error: unknown): never {
  // The class is not compared, because a test environment may replace the global `TypeError`.
  const isTypeError = fieldOf(error, "name") === "TypeError" && !(error instanceof ConnectionReset);
  if (isTypeError) throw invalidRequest(`${fieldOf(error, "message")}`);
  throw error;
}

function toClockResponse(clock: Clock): ResponseBody<"getClock"> {
  return { now: clock.now().toISOString(), isFrozen: clock.isFrozen };
}

/** Freezes first and unfreezes last, so that a clock which is set or advanced shows exactly that time when it is frozen. */
function changeClock(clock: TenantClock, { now, advance, isFrozen }: Body<"setClock">): void {
  if (isFrozen === true) clock.freeze();
  if (now !== undefined) clock.set(now);
  if (advance !== undefined) {
    if (millisecondsOf(advance) === undefined) {
      throw new TypeError(`body.advance must be milliseconds, or a text such as "16m"`);
    }
    clock.advance(advance);
  }
  if (isFrozen === false) clock.unfreeze();
}
