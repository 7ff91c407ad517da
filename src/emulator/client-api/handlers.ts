import type { operations } from "../../../generated/client-api.ts";
import type { Body, Parameters, ResponseBody } from "../../../generated/client-api-validators.js";
import type { StepUp } from "../domain/step-up.ts";
import type { Handler } from "../http/endpoint.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** The caller of the Client API, as the token of an action names it. */
export type ClientApiCaller = [stepUp: StepUp];

/** The handlers of the Client API, by operation. */
export type ClientApiHandlers = {
  readonly [Name in keyof operations]: Handler<
    Parameters<Name>,
    Body<Name>,
    ResponseBody<Name>,
    Tenant,
    ClientApiCaller
  >;
};
