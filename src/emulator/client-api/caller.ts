import { readStepUp, type StepUp } from "../domain/step-up.ts";
import { readActionToken, TOKEN_ERRORS } from "../domain/tokens.ts";
import { HttpError, unauthorized } from "../http/errors.ts";
import type { Caller } from "../http/serve.ts";
import type { Tenants } from "../tenant/tenants.ts";

/** The person who holds the token of an action. */
export type Visitor = StepUp;

const NO_TOKEN =
  "There is no token. Send the one that track gave as Authorization: Bearer, which setToken of the browser SDK does.";
const UNKNOWN =
  "Token is invalid: it is none of this emulator, or its action is gone. Give the browser one that track gave.";

/** Finds the person whose token is in the header `authorization`. */
export function identifyByToken(tenants: Tenants): (authorization: string) => Caller<[Visitor]> {
  return (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return { refusal: unauthorized(NO_TOKEN) };
    const tenant = tenants.claimedBy(token);
    if (!tenant) return { refusal: unauthorized(UNKNOWN) };
    const read = readActionToken(tenant, token);
    if (read === "invalid") return { refusal: unauthorized(UNKNOWN) };
    if (read === "expired") return { tenant, refusal: new HttpError(401, "expired_token", TOKEN_ERRORS.expired) };
    if (read === "used") return { tenant, refusal: unauthorized(TOKEN_ERRORS.used) };
    const stepUp = readStepUp(tenant, token);
    if (typeof stepUp === "string") return { tenant, refusal: unauthorized(UNKNOWN) };
    return { tenant, known: [stepUp] };
  };
}
