import { HttpError } from "../http/errors.ts";
import type { MaybePromise } from "../http/maybe-promise.ts";
import type { Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** A passed challenge, and the action that succeeds by it. The webhook `action.verify` receives these fields. */
export interface Verification
  extends Pick<Challenge, "action" | "idempotencyKey" | "verificationMethod" | "userAuthenticatorId"> {
  readonly userId: string;
}

/**
 * Runs `work` in a transaction: at once if there is no webhook `action.verify`, otherwise after the webhook has responded 2xx.
 * Other requests are served while the webhook is called, so `work` must read again whatever it needs.
 * @param otherwise Runs instead of `work` without a 2xx. By default throws an HttpError with 502 `verification_blocked`.
 */
export function withVerifyWebhook<T>(
  tenant: Tenant,
  verification: Verification,
  work: () => T,
  otherwise: () => T = throwBlocked,
): MaybePromise<T> {
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
  return webhooks.call("action.verify", data).then((isAccepted) => state.transaction(isAccepted ? work : otherwise));
}

function throwBlocked(): never {
  throw new HttpError(
    502,
    "verification_blocked",
    "The webhook action.verify did not agree, so nothing was confirmed. It can be tried again.",
  );
}
