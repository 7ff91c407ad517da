import { Refusal } from "../http/errors.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Eventually } from "./eventually.ts";

/** Which action a challenge is about to make succeed. */
export interface Verification
  extends Pick<Challenge, "action" | "idempotencyKey" | "verificationMethod" | "userAuthenticatorId"> {
  readonly userId: string;
}

/**
 * Does what a passed challenge leads to, if the webhook `action.verify` agrees; at once where there is none. While it is
 * asked, other requests are served, so that the work must look again at what it needs.
 * @param otherwise What happens when it does not agree. By default a Refusal with 502 `verification_blocked`.
 */
export function ifAgreed<T>(
  tenant: Tenant,
  verification: Verification,
  work: () => T,
  otherwise: () => T = block,
): Eventually<T> {
  const { state, webhooks } = tenant;
  if (!webhooks.hasUrl("action.verify")) return state.transaction(work);
  const { userId, action, idempotencyKey, verificationMethod, userAuthenticatorId } = verification;
  const data = {
    userId,
    action,
    idempotencyKey,
    verifiedAt: tenant.now(),
    state: "CHALLENGE_SUCCEEDED",
    verificationMethod,
    userAuthenticatorId,
  };
  return webhooks.call("action.verify", data).then((isAgreed) => state.transaction(isAgreed ? work : otherwise));
}

function block(): never {
  throw new Refusal(
    502,
    "verification_blocked",
    "The webhook action.verify did not agree, so nothing was confirmed. It can be tried again.",
  );
}
