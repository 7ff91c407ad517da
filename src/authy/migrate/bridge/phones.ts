import type { CallOptions } from "../../../http/options.ts";
import type { AuthyApi } from "../../authy.ts";
import { checkChannel, checkWhole, given, phoneOf, textOf, verificationCodeOf } from "../../checks.ts";
import type { Phone } from "../../phone.ts";
import { AuthyResult } from "../../results.ts";
import type * as T from "../../types.ts";
import { Refusal, reading } from "./carry.ts";
import { type Purpose, type Started, secondsUntil, startedOf, type Verdict } from "./codes.ts";
import { BridgePart, type Connection, connectionOf } from "./connection.ts";
import { notSupported } from "./not-supported.ts";
import { sharedTime } from "./options.ts";

/** Phone numbers, which need not belong to a user, verified by Authsignal. */
export class BridgePhones extends BridgePart implements Pick<AuthyApi["phones"], keyof AuthyApi["phones"]> {
  /**
   * Sends a code to a phone number, as a text message. Only the newest code counts. `codeLength` makes no difference: your
   * tenant says how long codes are, usually 6 digits. Calls, codes and texts of your own are not supported.
   */
  async verificationStart(
    request: T.StartPhoneVerificationRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.StartedPhoneVerification>> {
    const { via, codeLength, customCode, customMessage, phoneNumber, countryCode, locale } = given(request);
    checkChannel(via);
    checkWhole(codeLength, "codeLength", 4, 10);
    if (customCode !== undefined) verificationCodeOf(customCode, "customCode");
    const phone = phoneOf(phoneNumber, countryCode);
    const connection = connectionOf(this);
    const { codes, carry } = connection;
    const Result = AuthyResult<T.StartedPhoneVerification>;
    if (via === "call") return carry(Result, notSupported('via "call"'));
    if (customCode !== undefined) return carry(Result, notSupported("customCode"));
    if (customMessage !== undefined) return carry(Result, notSupported("customMessage"));
    return carry(Result, async () => {
      const { challengeId, expiresAt } = await codes.send(purposeOf(connection, phone), { locale }, options);
      const message = `Text message sent to ${phone.e164}.`;
      return { message, secondsToExpire: secondsUntil(expiresAt), uuid: challengeId, success: true };
    });
  }

  /**
   * Checks the code that was sent to a phone number; it is right only if `ok()`, and works once. It enrolls nothing, as no
   * user is named: afterwards, `users.create` with `verified: true` does.
   */
  async verificationCheck(
    request: T.CheckPhoneVerificationRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.PhoneVerificationCheck>> {
    const { phoneNumber, countryCode, verificationCode } = given(request);
    const phone = phoneOf(phoneNumber, countryCode);
    const code = verificationCodeOf(verificationCode, "verificationCode");
    const connection = connectionOf(this);
    const { codes, carry } = connection;
    return carry(AuthyResult<T.PhoneVerificationCheck>, async () => {
      const verdict = await codes.check(purposeOf(connection, phone), code, sharedTime(options));
      if (verdict !== "right") throw refusalOf(verdict, phone);
      return { message: "Verification code is correct.", success: true };
    });
  }

  /** Tells whether the newest verification of a number, or the one of a `uuid`, is still open. */
  async verificationStatus(
    request: T.PhoneVerificationStatusRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.PhoneVerificationStatus>> {
    given(request);
    const connection = connectionOf(this);
    const find = "uuid" in request ? byUuid(connection, request.uuid, options) : byNumber(connection, request, options);
    return connection.carry(AuthyResult<T.PhoneVerificationStatus>, async () => {
      const started = await find();
      if (!started) throw new Refusal(...nonePending("this verification"));
      const status = started.isPassed ? "verified" : "pending";
      const { expiresAt } = started;
      const rest = expiresAt === undefined ? {} : { secondsToExpire: secondsUntil(expiresAt) };
      return { message: "Phone Verification status.", status, ...rest, success: true };
    });
  }

  /** Not supported. */
  async info(_request: T.PhoneInfoRequest, _options?: CallOptions): Promise<AuthyResult<T.PhoneInfo>> {
    return connectionOf(this).carry(AuthyResult<T.PhoneInfo>, notSupported("phones.info"));
  }
}

function byUuid(
  { authsignal, settings }: Connection,
  uuid: unknown,
  options: CallOptions | undefined,
): () => Promise<Started | undefined> {
  const challengeId = textOf(uuid, "uuid");
  return async () => {
    const answer = await reading(authsignal.getChallenge({ challengeId }, options));
    return startedOf(answer, { action: settings.phoneAction });
  };
}

function byNumber(
  connection: Connection,
  request: T.PhoneNumber,
  options: CallOptions | undefined,
): () => Promise<Started | undefined> {
  const purpose = purposeOf(connection, phoneOf(request.phoneNumber, request.countryCode));
  return () => connection.codes.find(purpose, options);
}

/** A number that need not belong to anybody is a user of its own, whose challenge can be found again. */
function purposeOf({ settings }: Connection, { e164 }: Phone): Purpose {
  return { userId: `authy-phone-${e164.slice(1)}`, phoneNumber: e164, action: settings.phoneAction };
}

function nonePending(subject: string): [code: string, message: string] {
  return ["60023", `No pending verifications for ${subject} found.`];
}

function refusalOf(verdict: Exclude<Verdict, "right">, { e164 }: Phone): Refusal {
  const details = { attempts: 1, mayHaveBeenProcessed: true };
  if (verdict === "wrong") return new Refusal("60022", "Verification code is incorrect", details);
  if (verdict === "too many") return new Refusal("60003", "Too many codes were tried", details);
  return new Refusal(...nonePending(e164));
}
