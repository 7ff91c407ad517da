import type { CallOptions } from "../http/options.ts";
import {
  auditQuery,
  checkChannel,
  checkWhole,
  optionalTextOf,
  phoneOf,
  requestObject,
  textOf,
  verificationCodeOf,
} from "./checks.ts";
import { AuthyPart, connectionOf } from "./connection.ts";
import { AuthyResult } from "./results.ts";
import type { Query, Schema } from "./schema.ts";
import type * as T from "./types.ts";

/** Phone numbers, which need not belong to a user. */
export class Phones extends AuthyPart {
  /**
   * Sends a code to a phone number, as a text message or in a call. The code expires after 10 minutes. Never sent twice.
   * `POST /protected/json/phones/verification/start`
   */
  async verificationStart(
    request: T.StartPhoneVerificationRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.StartedPhoneVerification>> {
    const { via, codeLength, phoneNumber, countryCode } = requestObject(request);
    checkChannel(via);
    checkWhole(codeLength, "codeLength", 4, 10);
    const phone = phoneOf(phoneNumber, countryCode);
    const body = {
      phoneNumber: phone.nationalNumber,
      countryCode: Number(phone.countryCode),
      via: via ?? "sms",
      codeLength: codeLength ?? 4,
      locale: optionalTextOf(request.locale, "locale"),
      customCode: customCodeOf(request.customCode),
      customMessage: optionalTextOf(request.customMessage, "customMessage"),
    } satisfies Schema<"StartPhoneVerificationRequest">;
    const { client, toResult } = connectionOf(this);
    const call = client(options).POST("/protected/json/phones/verification/start", { body });
    return toResult(AuthyResult<T.StartedPhoneVerification>, call);
  }

  /**
   * Checks the code that was sent to a phone number; it is right only if `ok()`. Never retried.
   * `GET /protected/json/phones/verification/check`
   */
  async verificationCheck(
    request: T.CheckPhoneVerificationRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.PhoneVerificationCheck>> {
    const { verificationCode } = requestObject(request);
    const query = { ...numberOf(request), verification_code: verificationCodeOf(verificationCode, "verificationCode") };
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/protected/json/phones/verification/check", { params: { query } });
    return toResult(AuthyResult<T.PhoneVerificationCheck>, call);
  }

  /** Reads whether a verification is still open. `GET /protected/json/phones/verification/status` */
  async verificationStatus(
    request: T.PhoneVerificationStatusRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.PhoneVerificationStatus>> {
    requestObject(request);
    const query = request.uuid === undefined ? numberOf(request) : { uuid: textOf(request.uuid, "uuid") };
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/protected/json/phones/verification/status", { params: { query } });
    return toResult(AuthyResult<T.PhoneVerificationStatus>, call);
  }

  /** Reads the kind of line of a phone number. `GET /protected/json/phones/info` */
  async info(request: T.PhoneInfoRequest, options?: CallOptions): Promise<AuthyResult<T.PhoneInfo>> {
    const query = { ...numberOf(requestObject(request)), ...auditQuery(request) } satisfies Query<"phonesInfo">;
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/protected/json/phones/info", { params: { query } });
    return toResult(AuthyResult<T.PhoneInfo>, call);
  }
}

function customCodeOf(code: unknown): string | undefined {
  return code === undefined || code === null ? undefined : verificationCodeOf(code, "customCode");
}

function numberOf({ phoneNumber, countryCode }: T.PhoneNumber) {
  const phone = phoneOf(phoneNumber, countryCode);
  return { phone_number: phone.nationalNumber, country_code: phone.countryCode };
}
