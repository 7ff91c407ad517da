import type { CallOptions } from "../http/options.ts";
import {
  audited,
  authyIdOf,
  checkActivity,
  checkWhole,
  DEFAULT_COUNTRY,
  emailOf,
  flagOf,
  given,
  optionalTextOf,
  phoneOf,
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
    const { email, cellphone, countryCode } = given(request);
    const sendInstallLinkViaSms = flagOf(request.sendInstallLinkViaSms, "sendInstallLinkViaSms", false);
    const phone = phoneOf(cellphone, countryCode, DEFAULT_COUNTRY);
    const user = { email: emailOf(email), cellphone: phone.nationalNumber, countryCode: Number(phone.countryCode) };
    const { client, settle } = connectionOf(this);
    const body = { user, sendInstallLinkViaSms } satisfies Schema<"CreateUserRequest">;
    return settle(UserResult, client(options).POST("/protected/json/users/new", { body }));
  }

  /**
   * Sends a code as a text message; to a user who has the app only with `force`: see `ignored()`. Never sent twice.
   * `GET /protected/json/sms/{authy_id}`
   */
  async requestSms(authyId: T.AuthyId, request: T.MessageRequest = {}, options?: CallOptions): Promise<MessageResult> {
    const params = messageParams(authyId, request);
    const { client, settle } = connectionOf(this);
    return settle(MessageResult, client(options).GET("/protected/json/sms/{authy_id}", { params }));
  }

  /**
   * Says a code in a phone call; to a user who has the app only with `force`: see `ignored()`. Never placed twice.
   * `GET /protected/json/call/{authy_id}`
   */
  async requestCall(authyId: T.AuthyId, request: T.MessageRequest = {}, options?: CallOptions): Promise<MessageResult> {
    const params = messageParams(authyId, request);
    const { client, settle } = connectionOf(this);
    return settle(MessageResult, client(options).GET("/protected/json/call/{authy_id}", { params }));
  }

  /** Sends a code as an e-mail. Never sent twice. `POST /protected/json/email/{authy_id}` */
  async requestEmail(
    authyId: T.AuthyId,
    request: T.EmailRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.EmailDeliveryResult>> {
    const query = { force: flagOf(given(request).force, "force", undefined) } satisfies Query<"usersRequestEmail">;
    const params = { path: { authy_id: authyIdOf(authyId) }, query };
    const { client, settle } = connectionOf(this);
    return settle(
      AuthyResult<T.EmailDeliveryResult>,
      client(options).POST("/protected/json/email/{authy_id}", { params }),
    );
  }

  /** Reads what is known of a user and their devices. `GET /protected/json/users/{authy_id}/status` */
  async status(
    authyId: T.AuthyId,
    request: T.AuditedRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.UserStatusResult>> {
    const params = { path: { authy_id: authyIdOf(authyId) }, query: audited(request) };
    const { client, settle } = connectionOf(this);
    const call = client(options).GET("/protected/json/users/{authy_id}/status", { params });
    return settle(AuthyResult<T.UserStatusResult>, call);
  }

  /**
   * Removes a user from this application. Their codes may go on working for about a day.
   * `POST /protected/json/users/{authy_id}/delete`
   */
  async delete(
    authyId: T.AuthyId,
    request: T.AuditedRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.Acknowledgement>> {
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, settle } = connectionOf(this);
    const body = { userIp: optionalTextOf(given(request).userIp, "userIp") } satisfies Schema<"AuditedRequest">;
    const call = client(options).POST("/protected/json/users/{authy_id}/delete", { params, body });
    return settle(AuthyResult<T.Acknowledgement>, call);
  }

  /**
   * Makes a QR code with which the user adds this application to another authenticator app. The application must allow
   * that. `POST /protected/json/users/{authy_id}/secret`
   */
  async generateQr(
    authyId: T.AuthyId,
    request: T.GenerateQrRequest = {},
    options?: CallOptions,
  ): Promise<AuthyResult<T.QrCode>> {
    const { size } = given(request);
    checkWhole(size, "size", 1);
    const label = optionalTextOf(request.label, "label");
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, settle } = connectionOf(this);
    const body = { qrSize: size, label } satisfies Schema<"GenerateQrRequest">;
    const call = client(options).POST("/protected/json/users/{authy_id}/secret", { params, body });
    return settle(AuthyResult<T.QrCode>, call);
  }

  /**
   * Tells how far a user is who registers by scanning a signed link with your own id of them.
   * `GET /protected/json/registrations/status`
   */
  async registrationStatus(
    customUserId: string,
    options?: CallOptions,
  ): Promise<AuthyResult<T.RegistrationStatusResult>> {
    const params = { query: { custom_user_id: textOf(customUserId, "customUserId") } };
    const { client, settle } = connectionOf(this);
    const call = client(options).GET("/protected/json/registrations/status", { params });
    return settle(AuthyResult<T.RegistrationStatusResult>, call);
  }

  /** Changes the e-mail address of a user. `POST /protected/json/users/{authy_id}/update` */
  async update(
    authyId: T.AuthyId,
    request: T.UpdateUserRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.Acknowledgement>> {
    const email = emailOf(given(request).email);
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, settle } = connectionOf(this);
    const call = client(options).POST("/protected/json/users/{authy_id}/update", { params, body: { email } });
    return settle(AuthyResult<T.Acknowledgement>, call);
  }

  /** Notes what happened to a user in your application. `POST /protected/json/users/{authy_id}/register_activity` */
  async registerActivity(
    authyId: T.AuthyId,
    request: T.ActivityRequest,
    options?: CallOptions,
  ): Promise<AuthyResult<T.Acknowledgement>> {
    checkActivity(given(request));
    const { type, data } = request;
    const userIp = optionalTextOf(request.userIp, "userIp");
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, settle } = connectionOf(this);
    const path = "/protected/json/users/{authy_id}/register_activity";
    const body = { type, userIp, data } satisfies Schema<"ActivityRequest">;
    return settle(AuthyResult<T.Acknowledgement>, client(options).POST(path, { params, body }));
  }

  /**
   * Reads the whole phone number of a user, which moving elsewhere needs. The service must have allowed it to the
   * application. `GET /protected/json/users/{authy_id}/phone_number`
   */
  async exportPhoneNumber(authyId: T.AuthyId, options?: CallOptions): Promise<AuthyResult<T.ExportedPhoneNumber>> {
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, settle } = connectionOf(this);
    const call = client(options).GET("/protected/json/users/{authy_id}/phone_number", { params });
    return settle(AuthyResult<T.ExportedPhoneNumber>, call);
  }

  /**
   * Reads the secret of a user's other authenticator app. The service must have allowed it to the application.
   * `GET /protected/json/users/{authy_id}/secret/export`
   */
  async exportSecret(authyId: T.AuthyId, options?: CallOptions): Promise<AuthyResult<T.ExportedSecret>> {
    const params = { path: { authy_id: authyIdOf(authyId) } };
    const { client, settle } = connectionOf(this);
    const call = client(options).GET("/protected/json/users/{authy_id}/secret/export", { params });
    return settle(AuthyResult<T.ExportedSecret>, call);
  }
}

function messageParams(authyId: T.AuthyId, request: T.MessageRequest) {
  const query = {
    force: flagOf(given(request).force, "force", undefined),
    action: optionalTextOf(request.action, "action"),
    action_message: optionalTextOf(request.actionMessage, "actionMessage"),
    locale: optionalTextOf(request.locale, "locale"),
  } satisfies Query<"usersRequestSms">;
  return { path: { authy_id: authyIdOf(authyId) }, query };
}
