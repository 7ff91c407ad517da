import { readStepUp } from "../domain/step-up.ts";
import { readActionToken, TOKEN_ERRORS } from "../domain/tokens.ts";
import { HttpError, unauthorized } from "../http/errors.ts";
import type { Identified } from "../http/serve.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Tenants } from "../tenant/tenants.ts";
import type { ClientApiCaller } from "./handlers.ts";

const NO_TOKEN =
  "There is no token. Send the one that track gave as Authorization: Bearer, which setToken of the browser SDK does.";
const UNKNOWN =
  "Token is invalid: it is none of this emulator, or its action is gone. Give the browser one that track gave.";

/** Identifies the user whose token is in the header `authorization`. */
export function identifyByToken(tenants: Tenants): (authorization: string) => Identified<Tenant, ClientApiCaller> {
  return (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return { error: unauthorized(NO_TOKEN) };
    const tenant = tenants.findByUnverifiedToken(token);
    if (!tenant) return { error: unauthorized(UNKNOWN) };
    const read = readActionToken(tenant, token);
    if (read === "invalid") return { error: unauthorized(UNKNOWN) };
    if (read === "expired") return { tenant, error: new HttpError(401, "expired_token", TOKEN_ERRORS.expired) };
    if (read === "used") return { tenant, error: unauthorized(TOKEN_ERRORS.used) };
    const stepUp = readStepUp(tenant, token);
    if (typeof stepUp === "string") return { tenant, error: unauthorized(UNKNOWN) };
    return { tenant, caller: [stepUp] };
  };
}
