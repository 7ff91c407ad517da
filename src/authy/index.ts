/**
 * The classic Authy API, in the form of its Python client.
 *
 * @packageDocumentation
 */
export type { components, operations, paths, webhooks } from "../../generated/authy.ts";
export { type ErrorCode, type ErrorDetails, InvalidSignatureError, type KnownErrorCode } from "../errors.ts";
export type { Hooks, RequestEvent, ResponseEvent } from "../http/hooks.ts";
export type { CallOptions, ConnectionOptions } from "../http/options.ts";
export type { Fetch, HttpAgent } from "../http/transport.ts";
export type { Apps, Stats } from "./applications.ts";
export { type AuthyApi, AuthyApiClient, type AuthyApiOptions } from "./authy.ts";
export type {
  CallbackHeaders,
  CallbackOptions,
  CallbackPayload,
  CallbackRequest,
  LambdaCallbackRequest,
  RawCallbackRequest,
  TrustedHeaders,
  WebCallbackRequest,
} from "./callback.ts";
export { type AuthyClient, createAuthyClient } from "./client.ts";
export type { Devices } from "./devices.ts";
export { AuthyError, type AuthyErrorCode } from "./error.ts";
export type { OneTouch } from "./one-touch.ts";
export type { OneTouchSignature } from "./one-touch-signature.ts";
export type { AuthyOptions } from "./options.ts";
export type { Phones } from "./phones.ts";
export { ApprovalResult, AuthyResult, MessageResult, TokenResult, UserResult } from "./results.ts";
export type { Tokens } from "./tokens.ts";
export type {
  Acknowledgement,
  ActivityRequest,
  AppDetails,
  AppDetailsResult,
  ApprovalRequest,
  ApprovalRequestResult,
  ApprovalStatus,
  AppStats,
  AuditedRequest,
  AuthyId,
  CheckPhoneVerificationRequest,
  CreatedUser,
  CreateUserRequest,
  DeliveryResult,
  DetailedDevice,
  EmailDeliveryResult,
  EmailRequest,
  ErrorResponse,
  ExportedPhoneNumber,
  ExportedSecret,
  Failure,
  GenerateQrRequest,
  Logo,
  MessageRequest,
  MonthlyStat,
  OneTouchCallback,
  PhoneInfo,
  PhoneInfoRequest,
  PhoneNumber,
  PhoneVerificationCheck,
  PhoneVerificationStatus,
  PhoneVerificationStatusRequest,
  QrCode,
  RegistrationStatusResult,
  SendApprovalRequest,
  SentApprovalRequest,
  StartedPhoneVerification,
  StartPhoneVerificationRequest,
  TokenVerification,
  UpdateUserRequest,
  UserStatus,
  UserStatusResult,
  VerificationDevice,
  VerifyTokenRequest,
} from "./types.ts";
export type { Users } from "./users.ts";
