import type { CallOptions } from "../../../http/options.ts";
import type { AuthyApi } from "../../authy.ts";
import { checkChannel, checkWhole, phoneOf, requestObject, textOf, verificationCodeOf } from "../../checks.ts";
import type { Phone } from "../../phone.ts";
import { AuthyResult } from "../../results.ts";
import type * as T from "../../types.ts";
import { BridgePart, type Connection, connectionOf } from "./connection.ts";
import { notSupported } from "./not-supported.ts";
import { BridgeFailure, readOnly } from "./operation.ts";
import { sharedDeadline } from "./options.ts";
import {
  type CodeCheck,
  type CodePurpose,
  type StartedChallenge,
  secondsUntil,
  startedChallenge,
} from "./sms-codes.ts";

/** Phone numbers, which need not belong to a user, verified by Authsignal. */
export class BridgePhones extends BridgePart implements Pick<AuthyApi["phones"], keyof AuthyApi["phones"]> {
  /**
   * Sends a code to a phone number, as a text message. Only the newest code counts. `codeLength` makes no difference: the
   * tenant sets the length of codes, usually 6 digits. Calls, custom codes and custom texts are not supported.
   */
  async verificationStart(
    request: T.StartPhoneVerificationRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.StartedPhoneVerification>> {
    const { via, codeLength, customCode, customMessage, phoneNumber, countryCode, locale } = requestObject(request);
    checkChannel(via);
    checkWhole(codeLength, "codeLength", 4, 10);
    if (customCode !== undefined) verificationCodeOf(customCode, "customCode");
    const phone = phoneOf(phoneNumber, countryCode);
    const connection = connectionOf(this);
    const { codes, run } = connection;
    const Result = AuthyResult<T.StartedPhoneVerification>;
    if (via === "call") return run(Result, notSupported('via "call"'));
    if (customCode !== undefined) return run(Result, notSupported("customCode"));
    if (customMessage !== undefined) return run(Result, notSupported("customMessage"));
    return run(Result, async () => {
      const { challengeId, expiresAt } = await codes.send(purposeOf(connection, phone), { locale }, options);
      const message = `Text message sent to ${phone.e164}.`;
      return { message, secondsToExpire: secondsUntil(expiresAt), uuid: challengeId, success: true };
    });
  }

  /**
   * Checks the code that was sent to a phone number. It is right only if `ok()`, and is valid once. No user is named, so
   * nothing is enrolled: call `users.create` with `verified: true` afterwards.
   */
  async verificationCheck(
    request: T.CheckPhoneVerificationRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.PhoneVerificationCheck>> {
    const { phoneNumber, countryCode, verificationCode } = requestObject(request);
    const phone = phoneOf(phoneNumber, countryCode);
    const code = verificationCodeOf(verificationCode, "verificationCode");
    const connection = connectionOf(this);
    const { codes, run } = connection;
    return run(AuthyResult<T.PhoneVerificationCheck>, async () => {
      const check = await codes.check(purposeOf(connection, phone), code, sharedDeadline(options));
      if (check !== "right") throw checkFailure(check, phone);
      return { message: "Verification code is correct.", success: true };
    });
  }

  /** Reads whether the newest verification of a number, or the one with a `uuid`, is still open. */
  async verificationStatus(
    request: T.PhoneVerificationStatusRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.PhoneVerificationStatus>> {
    requestObject(request);
    const connection = connectionOf(this);
    const find = "uuid" in request ? byUuid(connection, request.uuid, options) : byNumber(connection, request, options);
    return connection.run(AuthyResult<T.PhoneVerificationStatus>, async () => {
      const started = await find();
      if (!started) throw new BridgeFailure(...nonePending("this verification"));
      const status = started.isPassed ? "verified" : "pending";
      const { expiresAt } = started;
      const rest = expiresAt === undefined ? {} : { secondsToExpire: secondsUntil(expiresAt) };
      return { message: "Phone Verification status.", status, ...rest, success: true };
    });
  }

  /** Not supported. */
  async info(_request: T.PhoneInfoRequest, _options?: CallOptions): Promise<AuthyResult<T.PhoneInfo>> {
    return connectionOf(this).run(AuthyResult<T.PhoneInfo>, notSupported("phones.info"));
  }
}

function byUuid(
  { authsignal, settings }: Connection,
  uuid: unknown,
  options: CallOptions | undefined,
): () => Promise<StartedChallenge | undefined> {
  const challengeId = textOf(uuid, "uuid");
  return async () => {
    const response = await readOnly(authsignal.getChallenge({ challengeId }, options));
    return startedChallenge(response, { action: settings.phoneAction });
  };
}

function byNumber(
  connection: Connection,
  request: T.PhoneNumber,
  options: CallOptions | undefined,
): () => Promise<StartedChallenge | undefined> {
  const purpose = purposeOf(connection, phoneOf(request.phoneNumber, request.countryCode));
  return () => connection.codes.find(purpose, options);
}

/** The number need not belong to a user, so it stands for a user that has no other data: its challenge can be found again. */
function purposeOf({ settings }: Connection, { e164 }: Phone): CodePurpose {
  return { userId: `authy-phone-${e164.slice(1)}`, phoneNumber: e164, action: settings.phoneAction };
}

function nonePending(subject: string): [code: string, message: string] {
  return ["60023", `No pending verifications for ${subject} found.`];
}

function checkFailure(check: Exclude<CodeCheck, "right">, { e164 }: Phone): BridgeFailure {
  const details = { attempts: 1, mayHaveBeenProcessed: true };
  if (check === "wrong") return new BridgeFailure("60022", "Verification code is incorrect", details);
  if (check === "too many") return new BridgeFailure("60003", "Too many codes were tried", details);
  return new BridgeFailure(...nonePending(e164));
}
