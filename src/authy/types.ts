/**
 * The requests and answers of the facade. The fields of answers, and the docs of these, come from the spec.
 */
import type { Schema } from "./schema.ts";

/** Authy's id of a user, as a number or as digits. */
export type AuthyId = number | string;

/** What a refusal says: its body with fields in camelCase, or the text of one that is not JSON. */
export type Failure = Schema<"ErrorResponse"> | string;

/** What went wrong, as Authy tells it. */
export interface ErrorResponse extends Schema<"ErrorResponse"> {}

/** The answer of whatever has nothing to tell but that it was done. */
export interface Acknowledgement extends Schema<"Acknowledgement"> {}

/** A call that may say on whose behalf it is made. */
export interface AuditedRequest {
  /** The IP address of the person behind this call, for Authy's records. */
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

/** How a code is sent. */
export interface MessageRequest {
  /** Send it even when the user has the app. Default false. */
  force?: boolean | undefined;
  /** What the code is for. It must be given again when the code is verified. */
  action?: string | undefined;
  /** A description of the action for the user. */
  actionMessage?: string | undefined;
  /** The language of the message. Default: the one of the number's country. */
  locale?: Schema<"Locale"> | undefined;
}

/** How a code is sent as an e-mail. */
export interface EmailRequest {
  /** Send it even when the user has the app. Default false. */
  force?: boolean | undefined;
}

/** A code that was sent, or need not be. */
export interface DeliveryResult extends Schema<"DeliveryResult"> {}

/** A code that was sent as an e-mail. */
export interface EmailDeliveryResult extends Schema<"EmailDeliveryResult"> {}

/** What is known of a user. */
export interface UserStatusResult extends Schema<"UserStatusResult"> {}

/** A user and their devices. */
export interface UserStatus extends Schema<"UserStatus"> {}

/** A device of a user. */
export interface DetailedDevice extends Schema<"DetailedDevice"> {}

/** How the QR code should look. */
export interface GenerateQrRequest {
  /** Its width and height in pixels. */
  size?: number | undefined;
  /** What the authenticator app shows beside the code. */
  label?: string | undefined;
}

/** A QR code for another authenticator app. */
export interface QrCode extends Schema<"QrCode"> {}

/** How far a registration is. */
export interface RegistrationStatusResult extends Schema<"RegistrationStatusResult"> {}

/** What to change about a user. */
export interface UpdateUserRequest extends Schema<"UpdateUserRequest"> {}

/** What happened to a user. */
export interface ActivityRequest extends Schema<"ActivityRequest"> {}

/** The whole phone number of a user. */
export interface ExportedPhoneNumber extends Schema<"ExportedPhoneNumber"> {}

/** The secret of another authenticator app. */
export interface ExportedSecret extends Schema<"ExportedSecret"> {}

// Tokens

/** How a code is checked. */
export interface VerifyTokenRequest {
  /** Check it also for a user who never used one. Without it, such a user gets in with any code. Default true. */
  force?: boolean | undefined;
  /** What the code is for, as it was said when it was requested. */
  action?: string | undefined;
  /** The IP address of the person behind this call, for Authy's records. */
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

/** What an application is called and may do. */
export interface AppDetails extends Schema<"AppDetails"> {}

/** How much an application was used. */
export interface AppStats extends Schema<"AppStats"> {}

/** How much it was used in a month. */
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
  /** How the code travels. Default `"sms"`. */
  via?: Schema<"StartPhoneVerificationRequest">["via"] | undefined;
  /** The language of the message. Default: the one of the number's country. */
  locale?: Schema<"Locale"> | undefined;
  /** How many digits the code has, from 4 to 10. Default 4. */
  codeLength?: number | undefined;
  /** A code of your own, from 4 to 10 digits. The service must have allowed it to the application. */
  customCode?: string | undefined;
  /** A text of your own. The service must have allowed it to the application. */
  customMessage?: string | undefined;
}

/** A verification that was started. */
export interface StartedPhoneVerification extends Schema<"StartedPhoneVerification"> {}

/** A phone number, and the code that its owner typed in. */
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
      /** Its name, as its start gave it. */
      uuid: string;
      phoneNumber?: undefined;
      countryCode?: undefined;
    };

/** Whether a verification is still open. */
export interface PhoneVerificationStatus extends Schema<"PhoneVerificationStatus"> {}

/** A phone number to look up. */
export interface PhoneInfoRequest extends PhoneNumber, AuditedRequest {}

/** What kind of line a phone number is. */
export interface PhoneInfo extends Schema<"PhoneInfo"> {}

// One Touch

/** What a user is asked to approve. */
export interface SendApprovalRequest extends Schema<"SendApprovalRequest"> {}

/** A picture beside an approval request. */
export interface Logo extends Schema<"Logo"> {}

/** An approval request that was sent. */
export interface SentApprovalRequest {
  /** What to ask for its status by. */
  approvalRequest: Schema<"SentApprovalRequest">["approvalRequest"] & { status?: never };
  /** Whether it was sent. */
  success: boolean;
}

/** An approval request, and what became of it. */
export interface ApprovalRequestResult extends Schema<"ApprovalRequestResult"> {}

/** An approval request. */
export interface ApprovalRequest extends Schema<"ApprovalRequest"> {}

/** What a user decided, or that they have not, or not in time. */
export type ApprovalStatus = Schema<"ApprovalStatus">;

/** Tells you that a user approved or denied a request. */
export interface OneTouchCallback extends Schema<"OneTouchCallback"> {}
