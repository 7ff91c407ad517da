import { eventNames, eventShapes } from "../../generated/authy-data.ts";
import { InvalidSignatureError } from "../errors.ts";
import type { CallOptions } from "../http/options.ts";
import { mismatch } from "../platform/shape.ts";
import type { CallbackOptions, CallbackRequest } from "./callback.ts";
import { fitsShape, toTypedValues } from "./callback-values.ts";
import { authyIdOf, checkDetails, checkLogos, checkMessage, checkWhole, requestObject, textOf } from "./checks.ts";
import { AuthyPart, connectionOf } from "./connection.ts";
import type { OneTouchSignature } from "./one-touch-signature.ts";
import { renameFields } from "./rename-fields.ts";
import { ApprovalResult } from "./results.ts";
import type * as T from "./types.ts";

/** Approval requests, which a user approves or denies in the Authy app. */
export class OneTouch extends AuthyPart {
  /**
   * Sends an approval request to a user. Never sent twice. Keep `getUuid()`, and wait for the callback or read the status.
   * `POST /onetouch/json/users/{authy_id}/approval_requests`
   */
  async sendRequest(
    authyId: T.AuthyId,
    request: T.SendApprovalRequest,
    options?: CallOptions,
  ): Promise<ApprovalResult<T.SentApprovalRequest>> {
    const { message, details, hiddenDetails, logos, secondsToExpire } = requestObject(request);
    checkMessage(message);
    checkDetails(details, "details");
    checkDetails(hiddenDetails, "hiddenDetails");
    checkLogos(logos);
    checkWhole(secondsToExpire, "secondsToExpire", 0);
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, toResult } = connectionOf(this);
    const path = "/onetouch/json/users/{authy_id}/approval_requests";
    return toResult(ApprovalResult<T.SentApprovalRequest>, client(options).POST(path, { params, body: request }));
  }

  /** Reads an approval request: `status()` is the decision of the user. `GET /onetouch/json/approval_requests/{uuid}` */
  async getApprovalStatus(uuid: string, options?: CallOptions): Promise<ApprovalResult<T.ApprovalRequestResult>> {
    const params = { path: { uuid: textOf(uuid, "uuid") } };
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/onetouch/json/approval_requests/{uuid}", { params });
    return toResult(ApprovalResult<T.ApprovalRequestResult>, call);
  }

  /**
   * Whether a callback was signed with this application's key. It takes parts that you have read; `readCallback` takes a request.
   * Never throws: missing or malformed parts have no signature.
   */
  validateOneTouchSignature(parts: OneTouchSignature): boolean {
    return connectionOf(this).isSigned(parts);
  }

  /**
   * Verifies a callback, POST or GET, and returns its content. `status` is the decision of the user.
   *
   * @throws InvalidSignatureError (as a rejection) if the callback is wrong in any way; nothing else.
   */
  async readCallback(request: CallbackRequest, options?: CallbackOptions): Promise<T.OneTouchCallback> {
    const { params } = await connectionOf(this).readCallback(request, options);
    const values = toTypedValues(params, eventShapes.oneTouchCallback);
    const callback = renameFields(values, eventNames.oneTouchCallback);
    if (fitsShape(values, eventShapes.oneTouchCallback) && isCallback(callback)) return callback;
    throw new InvalidSignatureError(
      "Callback is invalid. It is signed, but does not tell the status of an approval request.",
    );
  }
}

function isCallback(value: unknown): value is T.OneTouchCallback {
  return mismatch(value, { uuid: "string", status: "string" }, "The callback") === undefined;
}
