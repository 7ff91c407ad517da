import type { UserAttributes } from "../../../authsignal/types.ts";
import type { CallOptions } from "../../../http/options.ts";
import type { AuthyApi } from "../../authy.ts";
import { authyIdOf, DEFAULT_COUNTRY, emailOf, phoneOf, requestObject } from "../../checks.ts";
import { refuse } from "../../error.ts";
import { AuthyResult, MessageResult, UserResult } from "../../results.ts";
import type * as T from "../../types.ts";
import type { KnownAccount } from "./accounts.ts";
import { BridgePart, connectionOf } from "./connection.ts";
import { maskedCellphone, maskedNumber } from "./mask.ts";
import { notSupported } from "./not-supported.ts";
import { BridgeFailure } from "./operation.ts";
import { sharedDeadline, smsActionOf } from "./options.ts";

/** A user to register. */
export interface BridgeCreateUserRequest extends T.CreateUserRequest {
  /**
   * Whether you have verified that the number is the user's, such as by a phone verification: it is enrolled at once then. The
   * holder of an enrolled number can confirm as the user. Default false.
   */
  verified?: boolean | undefined;
}

/** The users of the Authy application, stored in Authsignal. */
export class BridgeUsers extends BridgePart implements Pick<AuthyApi["users"], keyof AuthyApi["users"]> {
  /**
   * Registers a user, or finds the one who has this phone number; also one of Authy, if the option `idOf` returns the id.
   * The number is not verified: a right code enrolls it, or `verified: true`. Verified data stays as it is, and so does the
   * address of a user who has enrolled an authenticator: `update` changes it. If the user has another verified number, the
   * call fails with `"60027"`. No link to an app is sent.
   */
  async create(request: BridgeCreateUserRequest, options?: CallOptions): Promise<UserResult> {
    const { email, cellphone, countryCode, verified = false } = requestObject(request);
    const phone = phoneOf(cellphone, countryCode, DEFAULT_COUNTRY);
    const address = emailOf(email);
    if (typeof verified !== "boolean") refuse("verified must be true or false");
    const { authsignal, accounts, run } = connectionOf(this);
    return run(UserResult, async () => {
      const call = sharedDeadline(options);
      const id = await accounts.idFor(phone);
      const account = await accounts.read(id, phone, call());
      if (account.hasOtherNumber && !verified) throw otherNumber();
      const attributes = changesOf(account, address);
      const { userId } = account;
      if (Object.keys(attributes).length > 0) await authsignal.updateUser({ userId, attributes }, call());
      if (verified) await accounts.confirm(account, call);
      return { message: "User created successfully.", user: { id }, success: true };
    });
  }

  /**
   * Sends a code as a text message, always: without the Authy app, `ignored()` is never true. Only the newest code counts,
   * for the `action` that it was requested with. Authsignal allows letters, digits, `_` and `-` in the name of an action:
   * rename any other one, here and where the code is verified. `actionMessage` is a data point for your rules.
   */
  async requestSms(authyId: T.AuthyId, request: T.MessageRequest = {}, options?: CallOptions): Promise<MessageResult> {
    const { action, actionMessage, locale } = requestObject(request);
    authyIdOf(authyId);
    const { settings, accounts, codes, run } = connectionOf(this);
    const code = smsActionOf(settings, action);
    return run(MessageResult, async () => {
      const call = sharedDeadline(options);
      const { userId, phone } = await accounts.findReachable(authyId, call());
      await codes.send({ userId, phoneNumber: phone.e164, action: code }, { locale, actionMessage }, call());
      return { success: true, message: "SMS token was sent", cellphone: maskedCellphone(phone) };
    });
  }

  /** Not supported. */
  async requestCall(
    _authyId: T.AuthyId,
    _request: T.MessageRequest = {},
    _options?: CallOptions,
  ): Promise<MessageResult> {
    return connectionOf(this).run(MessageResult, notSupported("users.requestCall"));
  }

  /** Not supported. */
  async requestEmail(
    _authyId: T.AuthyId,
    _request: T.EmailRequest = {},
    _options?: CallOptions,
  ): Promise<AuthyResult<T.EmailDeliveryResult>> {
    return connectionOf(this).run(AuthyResult<T.EmailDeliveryResult>, notSupported("users.requestEmail"));
  }

  /**
   * Reads the status of a user: `confirmed` when the number of this id is enrolled, `registered` when they get pushes in
   * your own app. The list of Authy devices is empty.
   */
  async status(
    authyId: T.AuthyId,
    request: T.AuditedRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.UserStatusResult>> {
    requestObject(request);
    authyIdOf(authyId);
    const { accounts, run } = connectionOf(this);
    return run(AuthyResult<T.UserStatusResult>, async () => {
      const account = await accounts.find(authyId, sharedDeadline(options)());
      return { status: statusOf(account), message: "User status.", success: true };
    });
  }

  /** Deletes the user in Authsignal, with all their authenticators, for good. */
  async delete(
    authyId: T.AuthyId,
    request: T.AuditedRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.Acknowledgement>> {
    requestObject(request);
    authyIdOf(authyId);
    const { authsignal, accounts, run } = connectionOf(this);
    return run(AuthyResult<T.Acknowledgement>, async () => {
      const call = sharedDeadline(options);
      const { userId } = await accounts.find(authyId, call());
      const { success } = await authsignal.deleteUser({ userId }, call());
      if (!success)
        throw new BridgeFailure("60028", "The user was not removed", { attempts: 1, mayHaveBeenProcessed: true });
      return { message: "User removed from application", success };
    });
  }

  /** Changes the e-mail address of a user, which is not verified then. One that differs in case only is the same. */
  async update(
    authyId: T.AuthyId,
    request: T.UpdateUserRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.Acknowledgement>> {
    const email = emailOf(requestObject(request).email);
    authyIdOf(authyId);
    const { authsignal, accounts, run } = connectionOf(this);
    return run(AuthyResult<T.Acknowledgement>, async () => {
      const call = sharedDeadline(options);
      const { userId, user } = await accounts.find(authyId, call());
      const attributes = { email, emailVerified: false };
      if (!isSameAddress(user.email, email)) await authsignal.updateUser({ userId, attributes }, call());
      return { message: "User was updated successfully", success: true };
    });
  }

  /** Not supported. */
  async generateQr(
    _authyId: T.AuthyId,
    _request: T.GenerateQrRequest = {},
    _options?: CallOptions,
  ): Promise<AuthyResult<T.QrCode>> {
    return connectionOf(this).run(AuthyResult<T.QrCode>, notSupported("users.generateQr"));
  }

  /** Not supported. */
  async registrationStatus(
    _customUserId: string,
    _options?: CallOptions,
  ): Promise<AuthyResult<T.RegistrationStatusResult>> {
    return connectionOf(this).run(AuthyResult<T.RegistrationStatusResult>, notSupported("users.registrationStatus"));
  }

  /** Not supported. */
  async registerActivity(
    _authyId: T.AuthyId,
    _request: T.ActivityRequest,
    _options?: CallOptions,
  ): Promise<AuthyResult<T.Acknowledgement>> {
    return connectionOf(this).run(AuthyResult<T.Acknowledgement>, notSupported("users.registerActivity"));
  }

  /** Not supported. */
  async exportPhoneNumber(_authyId: T.AuthyId, _options?: CallOptions): Promise<AuthyResult<T.ExportedPhoneNumber>> {
    return connectionOf(this).run(AuthyResult<T.ExportedPhoneNumber>, notSupported("users.exportPhoneNumber"));
  }

  /** Not supported. */
  async exportSecret(_authyId: T.AuthyId, _options?: CallOptions): Promise<AuthyResult<T.ExportedSecret>> {
    return connectionOf(this).run(AuthyResult<T.ExportedSecret>, notSupported("users.exportSecret"));
  }
}

/**
 * Returns the attributes that a registration changes. Verified data stays as it is. So does the address of a user who has
 * enrolled an authenticator: a number can be registered by a person who does not own it.
 */
function changesOf({ phone, user, isConfirmed, hasOtherNumber }: KnownAccount, email: string): UserAttributes {
  const keepsNumber = isConfirmed || hasOtherNumber || user.phoneNumber === phone.e164;
  const isProtected = user.isEnrolled || user.emailVerified || isSameAddress(user.email, email);
  const keepsEmail = Boolean(user.email) && isProtected;
  return {
    ...(!keepsNumber && { phoneNumber: phone.e164, phoneNumberVerified: false }),
    ...(!keepsEmail && { email, emailVerified: false }),
  };
}

function isSameAddress(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

function otherNumber(): BridgeFailure {
  const cellphone = "is not the one that is verified";
  return new BridgeFailure(
    "60027",
    "User was not valid: Authsignal knows another verified phone number of this user. Verify this one too, and say verified: true",
    { fields: { cellphone } },
  );
}

function statusOf({ authyId, phone, user, isConfirmed }: KnownAccount): T.UserStatus {
  return {
    authyId,
    confirmed: isConfirmed,
    registered: user.enrolledVerificationMethods?.includes("PUSH") ?? false,
    countryCode: Number(phone.countryCode),
    phoneNumber: maskedNumber(phone),
    ...(user.email !== undefined && { email: user.email }),
    devices: [],
  };
}
