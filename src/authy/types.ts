/**
 * The requests and results of the client. The fields of results, and their docs, come from the spec.
 */
import type { Schema } from "./schema.ts";

/** Authy's id of a user, as a number or as digits. */
export type AuthyId = number | string;

/** The body of an error response: an object with fields in camelCase, or the text of one that is not JSON. */
export type Failure = Schema<"ErrorResponse"> | string;

/** The body of an error response of Authy. */
export interface ErrorResponse extends Schema<"ErrorResponse"> {}

/** The result of an operation that returns no data. */
export interface Acknowledgement extends Schema<"Acknowledgement"> {}

/** A request that may name the IP address of the user behind it. */
export interface AuditedRequest {
  /** The IP address of the user behind this call, for Authy's records. */
  userIp?: string | undefined;
}

// Users

/** A user to register. */
export interface CreateUserRequest {
  /** Their e-mail address. */
  email: string;
  /** Their phone number, as people write it. */
  cellphone: string;
  /** The calling code of the country, such as 57. Default: the one in the number, or else 1. */
  countryCode?: number | string | undefined;
  /** Whether they are sent a link to the app. Default false, though the service's own default is true. */
  sendInstallLinkViaSms?: boolean | undefined;
}

/** A user who is registered. */
export interface CreatedUser extends Schema<"CreatedUser"> {}

/** Options of a message with a code. */
export interface MessageRequest {
  /** Send it even when the user has the app. Default false. */
  force?: boolean | undefined;
  /** The action that the code is for. Pass the same one when the code is verified. */
  action?: string | undefined;
  /** A description of the action for the user. */
  actionMessage?: string | undefined;
  /** The language of the message. Default: the one of the number's country. */
  locale?: Schema<"Locale"> | undefined;
}

/** Options of an e-mail with a code. */
export interface EmailRequest {
  /** Send it even when the user has the app. Default false. */
  force?: boolean | undefined;
}

/** The result of sending a code, which is not needed for a user who has the app. */
export interface DeliveryResult extends Schema<"DeliveryResult"> {}

/** A code that was sent as an e-mail. */
export interface EmailDeliveryResult extends Schema<"EmailDeliveryResult"> {}

/** The result of `users.status`. */
export interface UserStatusResult extends Schema<"UserStatusResult"> {}

/** A user and their devices. */
export interface UserStatus extends Schema<"UserStatus"> {}

/** A device of a user. */
export interface DetailedDevice extends Schema<"DetailedDevice"> {}

/** Options of a QR code. */
export interface GenerateQrRequest {
  /** Its width and height in pixels. */
  size?: number | undefined;
  /** What the authenticator app shows beside the code. */
  label?: string | undefined;
}

/** A QR code for another authenticator app. */
export interface QrCode extends Schema<"QrCode"> {}

/** The progress of a registration. */
export interface RegistrationStatusResult extends Schema<"RegistrationStatusResult"> {}

/** The changes of a user. */
export interface UpdateUserRequest extends Schema<"UpdateUserRequest"> {}

/** An event of a user in your application. */
export interface ActivityRequest extends Schema<"ActivityRequest"> {}

/** The whole phone number of a user. */
export interface ExportedPhoneNumber extends Schema<"ExportedPhoneNumber"> {}

/** The secret of another authenticator app. */
export interface ExportedSecret extends Schema<"ExportedSecret"> {}

// Tokens

/** Options of the check of a code. */
export interface VerifyTokenRequest {
  /** Check the code of a user who never used one, too. Without it, any code of such a user is right. Default true. */
  force?: boolean | undefined;
  /** The action that the code was requested for. */
  action?: string | undefined;
  /** The IP address of the user behind this call, for Authy's records. */
  userIp?: string | undefined;
}

/** A code that was checked. */
export interface TokenVerification extends Omit<Schema<"TokenVerification">, "success"> {
  /** Whether it is right. */
  success: boolean;
}

/** The device that a code came from. */
export interface VerificationDevice extends Schema<"VerificationDevice"> {}

// The application

/** The application that the key belongs to. */
export interface AppDetailsResult extends Schema<"AppDetailsResult"> {}

/** The name and the permissions of an application. */
export interface AppDetails extends Schema<"AppDetails"> {}

/** The usage of an application. */
export interface AppStats extends Schema<"AppStats"> {}

/** The usage of an application in a month. */
export interface MonthlyStat extends Schema<"MonthlyStat"> {}

// Phones

/** A phone number. */
export interface PhoneNumber {
  /** The number, as people write it. */
  phoneNumber: string;
  /** The calling code of the country, such as 57. May be left out when the number begins with `+`. */
  countryCode?: number | string | undefined;
}

/** A phone number to verify. */
export interface StartPhoneVerificationRequest extends PhoneNumber {
  /** The channel of the code. Default `"sms"`. */
  via?: Schema<"StartPhoneVerificationRequest">["via"] | undefined;
  /** The language of the message. Default: the one of the number's country. */
  locale?: Schema<"Locale"> | undefined;
  /** How many digits the code has, from 4 to 10. Default 4. */
  codeLength?: number | undefined;
  /** A custom code, from 4 to 10 digits. The service must have allowed it to the application. */
  customCode?: string | undefined;
  /** A custom text. The service must have allowed it to the application. */
  customMessage?: string | undefined;
}

/** A verification that was started. */
export interface StartedPhoneVerification extends Schema<"StartedPhoneVerification"> {}

/** A phone number, and the code that its owner entered. */
export interface CheckPhoneVerificationRequest extends PhoneNumber {
  /** The code, as text, so that no leading zero is lost. */
  verificationCode: string;
}

/** A code of a phone verification that was checked. */
export interface PhoneVerificationCheck extends Schema<"PhoneVerificationCheck"> {}

/** A verification, by the `uuid` of its start or by its phone number. */
export type PhoneVerificationStatusRequest =
  | (PhoneNumber & { uuid?: undefined })
  | {
      /** The id that the start of the verification returned. */
      uuid: string;
      phoneNumber?: undefined;
      countryCode?: undefined;
    };

/** Whether a verification is still open. */
export interface PhoneVerificationStatus extends Schema<"PhoneVerificationStatus"> {}

/** A phone number to look up. */
export interface PhoneInfoRequest extends PhoneNumber, AuditedRequest {}

/** The kind of line of a phone number. */
export interface PhoneInfo extends Schema<"PhoneInfo"> {}

// One Touch

/** An approval request to send. */
export interface SendApprovalRequest extends Schema<"SendApprovalRequest"> {}

/** A picture beside an approval request. */
export interface Logo extends Schema<"Logo"> {}

/** An approval request that was sent. */
export interface SentApprovalRequest {
  /** The `uuid` with which to read the status. */
  approvalRequest: Schema<"SentApprovalRequest">["approvalRequest"] & { status?: never };
  /** Whether it was sent. */
  success: boolean;
}

/** An approval request with its status. */
export interface ApprovalRequestResult extends Schema<"ApprovalRequestResult"> {}

/** An approval request. */
export interface ApprovalRequest extends Schema<"ApprovalRequest"> {}

/** The decision of a user; or pending, or expired. */
export type ApprovalStatus = Schema<"ApprovalStatus">;

/** The callback that a user approved or denied a request. */
export interface OneTouchCallback extends Schema<"OneTouchCallback"> {}
