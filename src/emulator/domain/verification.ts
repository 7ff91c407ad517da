import { HttpError } from "../http/errors.ts";
import type { MaybePromise } from "../http/maybe-promise.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** Which action a challenge is about to make succeed. */
export interface Verification
  extends Pick<Challenge, "action" | "idempotencyKey" | "verificationMethod" | "userAuthenticatorId"> {
  readonly userId: string;
}

/**
 * Does what a passed challenge leads to, if the webhook `action.verify` agrees; at once where there is none. While it is
 * asked, other requests are served, so that the work must look again at what it needs.
 * @param otherwise What happens when it does not agree. By default a HttpError with 502 `verification_blocked`.
 */
export function withVerifyWebhook<T>(
  tenant: Tenant,
  verification: Verification,
  work: () => T,
  otherwise: () => T = block,
): MaybePromise<T> {
  const { state, webhooks } = tenant;
  if (!webhooks.asks("action.verify")) return state.transaction(work);
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
  return webhooks.ask("action.verify", data).then((isAgreed) => state.transaction(isAgreed ? work : otherwise));
}

function block(): never {
  throw new HttpError(
    502,
    "verification_blocked",
    "The webhook action.verify did not agree, so nothing was confirmed. It can be tried again.",
  );
}
