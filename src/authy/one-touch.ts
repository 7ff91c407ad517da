import { eventNames, eventShapes } from "../../generated/authy-data.ts";
import { InvalidSignatureError } from "../errors.ts";
import type { CallOptions } from "../http/options.ts";
import { mismatch } from "../platform/shape.ts";
import type { CallbackOptions, CallbackRequest } from "./callback.ts";
import { isOfShape, valuesOf } from "./callback-values.ts";
import { authyIdOf, checkDetails, checkLogos, checkMessage, checkWhole, given, textOf } from "./checks.ts";
import { AuthyPart, connectionOf } from "./connection.ts";
import { rename } from "./names.ts";
import type { OneTouchSignature } from "./one-touch-signature.ts";
import { ApprovalResult } from "./results.ts";
import type * as T from "./types.ts";

/** Approval requests, which a user answers by a push in the Authy app. */
export class OneTouch extends AuthyPart {
  /**
   * Asks a user to approve something. Never sent twice. Keep `getUuid()`, and wait for the callback or ask for the status.
   * `POST /onetouch/json/users/{authy_id}/approval_requests`
   */
  async sendRequest(
    authyId: T.AuthyId,
    request: T.SendApprovalRequest,
    options?: CallOptions,
  ): Promise<ApprovalResult<T.SentApprovalRequest>> {
    const { message, details, hiddenDetails, logos, secondsToExpire } = given(request);
    checkMessage(message);
    checkDetails(details, "details");
    checkDetails(hiddenDetails, "hiddenDetails");
    checkLogos(logos);
    checkWhole(secondsToExpire, "secondsToExpire", 0);
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, settle } = connectionOf(this);
    const path = "/onetouch/json/users/{authy_id}/approval_requests";
    return settle(ApprovalResult<T.SentApprovalRequest>, client(options).POST(path, { params, body: request }));
  }

  /** Reads an approval request: `status()` is what the user decided. `GET /onetouch/json/approval_requests/{uuid}` */
  async getApprovalStatus(uuid: string, options?: CallOptions): Promise<ApprovalResult<T.ApprovalRequestResult>> {
    const params = { path: { uuid: textOf(uuid, "uuid") } };
    const { client, settle } = connectionOf(this);
    const call = client(options).GET("/onetouch/json/approval_requests/{uuid}", { params });
    return settle(ApprovalResult<T.ApprovalRequestResult>, call);
  }

  /**
   * Whether a callback was signed with this application's key. It takes the parts that you have read yourself; `readCallback`
   * does the same from a request. Never throws: whatever is missing or malformed is no signature.
   */
  validateOneTouchSignature(parts: OneTouchSignature): boolean {
    return connectionOf(this).isSigned(parts);
  }

  /**
   * Verifies a callback and reads it, be it a POST or a GET. What the user decided is its `status`.
   *
   * @throws InvalidSignatureError (as a rejection) if anything is wrong with it; nothing else.
   */
  async readCallback(request: CallbackRequest, options?: CallbackOptions): Promise<T.OneTouchCallback> {
    const { params } = await connectionOf(this).readCallback(request, options);
    const values = valuesOf(params, eventShapes.oneTouchCallback);
    const callback = rename(values, eventNames.oneTouchCallback);
    if (isOfShape(values, eventShapes.oneTouchCallback) && isCallback(callback)) return callback;
    throw new InvalidSignatureError(
      "Callback is invalid. It is signed, but does not tell the status of an approval request.",
    );
  }
}

function isCallback(value: unknown): value is T.OneTouchCallback {
  return mismatch(value, { uuid: "string", status: "string" }, "The callback") === undefined;
}
