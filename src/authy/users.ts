import type { CallOptions } from "../http/options.ts";
import {
  auditQuery,
  authyIdOf,
  checkActivity,
  checkWhole,
  DEFAULT_COUNTRY,
  emailOf,
  flagOf,
  optionalTextOf,
  phoneOf,
  requestObject,
  textOf,
} from "./checks.ts";
import { AuthyPart, connectionOf } from "./connection.ts";
import { AuthyResult, MessageResult, UserResult } from "./results.ts";
import type { Query, Schema } from "./schema.ts";
import type * as T from "./types.ts";

/** The users of an Authy application. */
export class Users extends AuthyPart {
  /**
   * Registers a user, or finds the one who has this phone number: a user is a phone number, not an e-mail address.
   * Keep the `id` of the result. `POST /protected/json/users/new`
   */
  async create(request: T.CreateUserRequest, options?: CallOptions): Promise<UserResult> {
    const { email, cellphone, countryCode } = requestObject(request);
    const sendInstallLinkViaSms = flagOf(request.sendInstallLinkViaSms, "sendInstallLinkViaSms", false);
    const phone = phoneOf(cellphone, countryCode, DEFAULT_COUNTRY);
    const user = { email: emailOf(email), cellphone: phone.nationalNumber, countryCode: Number(phone.countryCode) };
    const { client, toResult } = connectionOf(this);
    const body = { user, sendInstallLinkViaSms } satisfies Schema<"CreateUserRequest">;
    return toResult(UserResult, client(options).POST("/protected/json/users/new", { body }));
  }

  /**
   * Sends a code as a text message. A user who has the app gets one only with `force`: see `ignored()`. Never sent twice.
   * `GET /protected/json/sms/{authy_id}`
   */
  async requestSms(authyId: T.AuthyId, request: T.MessageRequest = {}, options?: CallOptions): Promise<MessageResult> {
    const params = messageParams(authyId, request);
    const { client, toResult } = connectionOf(this);
    return toResult(MessageResult, client(options).GET("/protected/json/sms/{authy_id}", { params }));
  }

  /**
   * Reads out a code in a phone call. A user who has the app gets one only with `force`: see `ignored()`. Never placed twice.
   * `GET /protected/json/call/{authy_id}`
   */
  async requestCall(authyId: T.AuthyId, request: T.MessageRequest = {}, options?: CallOptions): Promise<MessageResult> {
    const params = messageParams(authyId, request);
    const { client, toResult } = connectionOf(this);
    return toResult(MessageResult, client(options).GET("/protected/json/call/{authy_id}", { params }));
  }

  /** Sends a code as an e-mail. Never sent twice. `POST /protected/json/email/{authy_id}` */
  async requestEmail(
    authyId: T.AuthyId,
    request: T.EmailRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.EmailDeliveryResult>> {
    const query = {
      force: flagOf(requestObject(request).force, "force", undefined),
    } satisfies Query<"usersRequestEmail">;
    const params = { path: { authy_id: authyIdOf(authyId) }, query };
    const { client, toResult } = connectionOf(this);
    return toResult(
      AuthyResult<T.EmailDeliveryResult>,
      client(options).POST("/protected/json/email/{authy_id}", { params }),
    );
  }

  /** Reads the status of a user and their devices. `GET /protected/json/users/{authy_id}/status` */
  async status(
    authyId: T.AuthyId,
    request: T.AuditedRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.UserStatusResult>> {
    const params = { path: { authy_id: authyIdOf(authyId) }, query: auditQuery(request) };
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/protected/json/users/{authy_id}/status", { params });
    return toResult(AuthyResult<T.UserStatusResult>, call);
  }

  /**
   * Removes a user from this application. Codes of the user may stay valid for about a day.
   * `POST /protected/json/users/{authy_id}/delete`
   */
  async delete(
    authyId: T.AuthyId,
    request: T.AuditedRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.Acknowledgement>> {
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, toResult } = connectionOf(this);
    const body = { userIp: optionalTextOf(requestObject(request).userIp, "userIp") } satisfies Schema<"AuditedRequest">;
    const call = client(options).POST("/protected/json/users/{authy_id}/delete", { params, body });
    return toResult(AuthyResult<T.Acknowledgement>, call);
  }

  /**
   * Creates a QR code with which the user adds this application to another authenticator app. The application must allow
   * that. `POST /protected/json/users/{authy_id}/secret`
   */
  async generateQr(
    authyId: T.AuthyId,
    request: T.GenerateQrRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.QrCode>> {
    const { size } = requestObject(request);
    checkWhole(size, "size", 1);
    const label = optionalTextOf(request.label, "label");
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, toResult } = connectionOf(this);
    const body = { qrSize: size, label } satisfies Schema<"GenerateQrRequest">;
    const call = client(options).POST("/protected/json/users/{authy_id}/secret", { params, body });
    return toResult(AuthyResult<T.QrCode>, call);
  }

  /**
   * Reads the progress of a user who registers by scanning a signed link that holds your own id of the user.
   * `GET /protected/json/registrations/status`
   */
  async registrationStatus(
    customUserId: string,
    options?: CallOptions,
  ): Promise<AuthyResult<T.RegistrationStatusResult>> {
    const params = { query: { custom_user_id: textOf(customUserId, "customUserId") } };
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/protected/json/registrations/status", { params });
    return toResult(AuthyResult<T.RegistrationStatusResult>, call);
  }

  /** Changes the e-mail address of a user. `POST /protected/json/users/{authy_id}/update` */
  async update(
    authyId: T.AuthyId,
    request: T.UpdateUserRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.Acknowledgement>> {
    const email = emailOf(requestObject(request).email);
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, toResult } = connectionOf(this);
    const call = client(options).POST("/protected/json/users/{authy_id}/update", { params, body: { email } });
    return toResult(AuthyResult<T.Acknowledgement>, call);
  }

  /** Records an event of a user in your application. `POST /protected/json/users/{authy_id}/register_activity` */
  async registerActivity(
    authyId: T.AuthyId,
    request: T.ActivityRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.Acknowledgement>> {
    checkActivity(requestObject(request));
    const { type, data } = request;
    const userIp = optionalTextOf(request.userIp, "userIp");
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, toResult } = connectionOf(this);
    const path = "/protected/json/users/{authy_id}/register_activity";
    const body = { type, userIp, data } satisfies Schema<"ActivityRequest">;
    return toResult(AuthyResult<T.Acknowledgement>, client(options).POST(path, { params, body }));
  }

  /**
   * Reads the whole phone number of a user, such as for a migration. The service must have allowed it to the
   * application. `GET /protected/json/users/{authy_id}/phone_number`
   */
  async exportPhoneNumber(authyId: T.AuthyId, options?: CallOptions): Promise<AuthyResult<T.ExportedPhoneNumber>> {
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/protected/json/users/{authy_id}/phone_number", { params });
    return toResult(AuthyResult<T.ExportedPhoneNumber>, call);
  }

  /**
   * Reads the secret of a user's other authenticator app. The service must have allowed it to the application.
   * `GET /protected/json/users/{authy_id}/secret/export`
   */
  async exportSecret(authyId: T.AuthyId, options?: CallOptions): Promise<AuthyResult<T.ExportedSecret>> {
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/protected/json/users/{authy_id}/secret/export", { params });
    return toResult(AuthyResult<T.ExportedSecret>, call);
  }
}

function messageParams(authyId: T.AuthyId, request: T.MessageRequest) {
  const query = {
    force: flagOf(requestObject(request).force, "force", undefined),
    action: optionalTextOf(request.action, "action"),
    action_message: optionalTextOf(request.actionMessage, "actionMessage"),
    locale: optionalTextOf(request.locale, "locale"),
  } satisfies Query<"usersRequestSms">;
  return { path: { authy_id: authyIdOf(authyId) }, query };
}
