import type { operations } from "../../../generated/authsignal.ts";
import type * as ServerApi from "../../../generated/authsignal-validators.js";
import type { operations as callConnectOperations } from "../../../generated/call-connect.ts";
import type * as CallConnect from "../../../generated/call-connect-validators.js";
import type { Handler } from "../http/endpoint.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** The handlers of the Server API, by operation. */
export type ServerApiHandlers = {
  readonly [Name in keyof operations]: Handler<
    ServerApi.Parameters<Name>,
    ServerApi.Body<Name>,
    ServerApi.ResponseBody<Name>,
    Tenant
  >;
};

/** The handlers of Call Connect, by operation. */
export type CallConnectHandlers = {
  readonly [Name in keyof callConnectOperations]: Handler<
    CallConnect.Parameters<Name>,
    CallConnect.Body<Name>,
    CallConnect.ResponseBody<Name>,
    Tenant
  >;
};
