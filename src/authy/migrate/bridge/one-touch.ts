import type { CustomData, UserAction } from "../../../authsignal/types.ts";
import { AuthsignalError } from "../../../errors.ts";
import type { CallOptions } from "../../../http/options.ts";
import type { AuthyApi } from "../../authy.ts";
import type { CallbackOptions, CallbackRequest } from "../../callback.ts";
import { authyIdOf, checkDetails, checkLogos, checkMessage, checkWhole, requestObject, textOf } from "../../checks.ts";
import type { OneTouchSignature } from "../../one-touch-signature.ts";
import { ApprovalResult } from "../../results.ts";
import type * as T from "../../types.ts";
import { LONGEST_EXPIRY, newApprovalName, readApprovalName } from "./approval-name.ts";
import { BridgePart, connectionOf } from "./connection.ts";
import { notSupportedFailure } from "./not-supported.ts";
import { BridgeFailure, readOnly, toAuthyError } from "./operation.ts";
import { sharedDeadline } from "./options.ts";

/** How long a user has to decide by default, in seconds: a day. */
const DEFAULT_EXPIRY = 86_400;

/** The states of a tracked action that the user has to confirm, or that was blocked. */
const CHALLENGED: readonly string[] = ["CHALLENGE_REQUIRED", "REVIEW_REQUIRED", "BLOCK"];
const APPROVED: readonly string[] = ["CHALLENGE_SUCCEEDED", "REVIEW_SUCCEEDED"];
const DENIED: readonly string[] = ["CHALLENGE_FAILED", "REVIEW_FAILED", "BLOCK"];

/** An approval request that waits for its user at Authsignal. */
export interface BridgeSentApprovalRequest extends T.SentApprovalRequest {
  /** The `uuid` with which to read the status, and the page on which the user decides. */
  approvalRequest: T.SentApprovalRequest["approvalRequest"] & {
    /** The page on which the user approves, by a method that they have enrolled. Give it to this user only. */
    url: string;
  };
}

/** Approval requests, which a user approves or denies on a page of Authsignal. */
export class BridgeOneTouch extends BridgePart implements Pick<AuthyApi["oneTouch"], keyof AuthyApi["oneTouch"]> {
  /**
   * Tracks an action that the user confirms at `content.approvalRequest.url`: send them there, as Authsignal does not notify
   * them. The rules of the action must challenge: where they allow it, the user is not challenged, and the call fails. The
   * message and the details are data points for your rules, such as `details_Amount`; the tenant sets the logos. Keep
   * `getUuid()`.
   */
  async sendRequest(
    authyId: T.AuthyId,
    request: T.SendApprovalRequest,
    options?: CallOptions,
  ): Promise<ApprovalResult<BridgeSentApprovalRequest>> {
    const { message, details, hiddenDetails, logos, secondsToExpire } = requestObject(request);
    checkMessage(message);
    checkDetails(details, "details");
    checkDetails(hiddenDetails, "hiddenDetails");
    checkLogos(logos);
    checkWhole(secondsToExpire, "secondsToExpire", 0, LONGEST_EXPIRY);
    authyIdOf(authyId);
    const custom = { message, ...named("details", details), ...named("hiddenDetails", hiddenDetails) };
    const { authsignal, accounts, settings, run } = connectionOf(this);
    return run(ApprovalResult<BridgeSentApprovalRequest>, async () => {
      const call = sharedDeadline(options);
      const account = await accounts.find(authyId, call());
      if (!account.user.isEnrolled) throw new BridgeFailure("60050", "The user has enrolled nothing to approve with");
      const uuid = newApprovalName({ ...account, secondsToExpire: secondsToExpire ?? DEFAULT_EXPIRY });
      const action = { userId: account.userId, action: settings.oneTouchAction };
      const { state, url } = await authsignal.track(
        { ...action, attributes: { idempotencyKey: uuid, custom } },
        call(),
      );
      if (!CHALLENGED.includes(state)) throw notChallenged(settings.oneTouchAction, state);
      return { approvalRequest: { uuid, url }, success: true };
    });
  }

  /**
   * Reads an approval request: `status()` is the decision of the user. It is `approved` only after a challenge or review that
   * was passed in time.
   */
  async getApprovalStatus(uuid: string, options?: CallOptions): Promise<ApprovalResult<T.ApprovalRequestResult>> {
    const name = textOf(uuid, "uuid").toLowerCase();
    const { authsignal, accounts, settings, run } = connectionOf(this);
    return run(ApprovalResult<T.ApprovalRequestResult>, async () => {
      const { authyId, secondsToExpire } = readApprovalName(name) ?? notFound(uuid);
      const userId = await accounts.userIdOf(authyId);
      const request = { userId, action: settings.oneTouchAction, idempotencyKey: name };
      const action = await authsignal.getAction(request, options).catch((error) => {
        if (error instanceof AuthsignalError && error.statusCode === 404) notFound(uuid, error);
        return readOnly(Promise.reject(error));
      });
      const { createdAt, stateUpdatedAt } = action;
      const status = statusOf(action, secondsToExpire);
      const processedAt = status === "approved" || status === "denied" ? stateUpdatedAt : null;
      const times = { createdAt, updatedAt: stateUpdatedAt, processedAt, secondsToExpire };
      return { approvalRequest: { uuid: name, authyId, status, ...times }, success: true };
    });
  }

  /** Not supported. @throws AuthyError `not_supported`, always: false would mean that the callback is forged. */
  validateOneTouchSignature(_parts: OneTouchSignature): boolean {
    throw toAuthyError(notSupportedFailure("oneTouch.validateOneTouchSignature"));
  }

  /** Not supported. @throws AuthyError (as a rejection) `not_supported`, always. */
  async readCallback(_request: CallbackRequest, _options?: CallbackOptions): Promise<T.OneTouchCallback> {
    throw toAuthyError(notSupportedFailure("oneTouch.readCallback"));
  }
}

/** Returns details as data points, which cannot hold objects. */
function named(prefix: string, details: Readonly<Record<string, string>> = {}): CustomData {
  return Object.fromEntries(Object.entries(details).map(([key, value]) => [`${prefix}_${key}`, value]));
}

function statusOf({ state, createdAt, stateUpdatedAt }: UserAction, secondsToExpire: number): T.ApprovalStatus {
  const end = secondsToExpire === 0 ? Number.POSITIVE_INFINITY : Date.parse(createdAt) + secondsToExpire * 1_000;
  if (APPROVED.includes(state)) return Date.parse(stateUpdatedAt) < end ? "approved" : "expired";
  if (DENIED.includes(state)) return "denied";
  return Date.now() < end ? "pending" : "expired";
}

function notChallenged(action: string, state: string): BridgeFailure {
  const reason = `The rules of the action ${action} let it through (${state}), so that the user is not challenged`;
  return new BridgeFailure("60054", `${reason}. Set its outcome to CHALLENGE in the Authsignal portal`, {
    attempts: 1,
    mayHaveBeenProcessed: true,
  });
}

function notFound(uuid: string, cause?: AuthsignalError): never {
  throw new BridgeFailure("60049", `Approval request not found: ${uuid}`, { cause });
}
