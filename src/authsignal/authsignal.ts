import type { operations } from "../../generated/authsignal.ts";
import { AuthsignalError, type ErrorDetails } from "../errors.ts";
import type { CallOptions } from "../http/options.ts";
import { unwrap, unwrapEmpty } from "../http/response.ts";
import { randomUuid } from "../platform/uuid.ts";
import { type Webhook, webhookWithSecrets } from "../webhook/webhook.ts";
import { type AuthsignalClient, type AuthsignalConnection, openConnection } from "./client.ts";
import type { AuthsignalOptions } from "./options.ts";
import { type ResponseInfo, responseInfo, type WithResponse } from "./response-info.ts";
import type * as T from "./types.ts";

/**
 * The property that holds the connection of a client. It is not a private field, because a private field cannot be read through
 * a `Proxy`, and would make the types of two copies of this package incompatible.
 */
const CONNECTION = Symbol("authsignal-ts.connection");

function connectionOf(client: object | undefined): AuthsignalConnection {
  const connection: AuthsignalConnection | undefined = client && Reflect.get(client, CONNECTION);
  return connection ?? reject("A method was taken off its client. Call it as authsignal.getUser(…), or bind it");
}

/** Returns the typed client of the facade, for a call with these options. */
function api(client: object, options: CallOptions | undefined): AuthsignalClient {
  return connectionOf(client).client(options);
}

/** One method for each operation of the spec. The compiler reports a missing method. */
type Operations = Record<keyof operations, (request: never, options?: CallOptions) => Promise<unknown>>;

/**
 * Authsignal from your backend. Every method rejects with an `AuthsignalError`, whose `errorCode` is the kind of failure, or with
 * the reason of the `signal` that you passed.
 */
export class Authsignal implements Operations {
  /** The base URL of the calls. */
  readonly apiUrl: string;
  /** Verifies the webhooks that the service sends you. */
  readonly webhook: Webhook;

  /**
   * @param options Default: what the variables `AUTHSIGNAL_SECRET_KEY`, `AUTHSIGNAL_REGION` and `AUTHSIGNAL_API_URL` of the
   *   environment say. Each is read only where its option is left out.
   * @throws AuthsignalError `invalid_argument` when an option cannot be used. A missing key is an error of the first call, so
   *   that a build without secrets works.
   * @example
   * ```ts
   * const authsignal = new Authsignal({ apiSecretKey: process.env.MY_KEY, region: "eu" });
   * ```
   */
  constructor(options?: AuthsignalOptions) {
    const connection = openConnection(options);
    this.apiUrl = connection.baseUrl;
    this.webhook = webhookWithSecrets(() => [connection.secretKey()]);
    Object.defineProperty(this, CONNECTION, { value: connection, configurable: true });
  }

  /**
   * Makes one call and returns its response beside its value: status, headers, and the id that the service gave the request.
   *
   * @param call Makes the call with the client that it gets.
   * @example
   * ```ts
   * const { data, response } = await authsignal.withResponse((client) => client.getUser({ userId }));
   * console.log(response.requestId, data.isEnrolled);
   * ```
   */
  async withResponse<Value>(call: (client: Authsignal) => Promise<Value>): Promise<WithResponse<Value>> {
    if (typeof call !== "function")
      reject("withResponse takes a function, such as (client) => client.getUser({ userId })");
    let last: ResponseInfo | undefined;
    const connection = connectionOf(this);
    const recording: AuthsignalConnection = {
      ...connection,
      // A `withResponse` inside of this one has a callback, too.
      client: (options, onResponse) =>
        connection.client(options, (response) => {
          last = responseInfo(response);
          onResponse?.(response);
        }),
    };
    const data = await call(Object.create(this, { [CONNECTION]: { value: recording, configurable: true } }));
    if (!last) return reject("The function made no call with the client that it got", { mayHaveBeenProcessed: true });
    return { data, response: last };
  }

  /**
   * Reads one user. For an id that you never used, the user is not enrolled; that is no error. For a user who is not enrolled,
   * `track` returns `ALLOW` even where a rule asks for a challenge. `GET /users/{userId}`
   */
  async getUser(request: T.GetUserRequest, options?: CallOptions): Promise<T.User> {
    return unwrap(api(this, options).GET("/users/{userId}", { params: { path: given(request) } }));
  }

  /** Finds users by name, e-mail address, phone number or identity token, a page at a time. `GET /users` */
  async queryUsers(request: T.QueryUsersRequest, options?: CallOptions): Promise<T.QueryUsersResponse> {
    return unwrap(api(this, options).GET("/users", { params: { query: given(request) } }));
  }

  /** Iterates over all pages of `queryUsers`, reading a page when the loop gets to it. The options hold for each page. */
  async *queryAllUsers(request: T.QueryUsersRequest, options?: CallOptions): AsyncGenerator<T.UserSummary, void, void> {
    const seen = new Set<string | undefined>();
    let cursor = given(request).lastEvaluatedUserId;
    do {
      seen.add(cursor);
      const page = await this.queryUsers({ ...request, lastEvaluatedUserId: cursor }, options);
      cursor = page.lastEvaluatedUserId;
      if (cursor && seen.has(cursor))
        throw new AuthsignalError(undefined, "invalid_response", "The same page came twice");
      yield* page.users;
    } while (cursor);
  }

  /** Changes what you pass and leaves the rest alone. A new id makes a user. `PATCH /users/{userId}` */
  async updateUser(request: T.UpdateUserRequest, options?: CallOptions): Promise<T.UpdatedUser> {
    const { attributes, ...path } = given(request);
    return unwrap(api(this, options).PATCH("/users/{userId}", { params: { path }, body: attributes }));
  }

  /** Deletes a user and all their authenticators, for good; their actions too, with `actions`. `DELETE /users/{userId}` */
  async deleteUser(request: T.DeleteUserRequest, options?: CallOptions): Promise<T.Deleted> {
    const { actions, ...path } = given(request);
    return unwrap(api(this, options).DELETE("/users/{userId}", { params: { path, query: { actions } } }));
  }

  /** Lists the authenticators of a user. `GET /users/{userId}/authenticators` */
  async getAuthenticators(request: T.GetAuthenticatorsRequest, options?: CallOptions): Promise<T.UserAuthenticator[]> {
    return unwrap(api(this, options).GET("/users/{userId}/authenticators", { params: { path: given(request) } }));
  }

  /**
   * Enrolls an address, number or key that you have verified yourself; the user is sent nothing. The owner of an
   * address or number that was not verified could pass the user's challenges. `POST /users/{userId}/authenticators`
   */
  async enrollVerifiedAuthenticator(
    request: T.EnrollVerifiedAuthenticatorRequest,
    options?: CallOptions,
  ): Promise<T.EnrollVerifiedAuthenticatorResponse> {
    const { attributes, ...path } = given(request);
    return unwrap(api(this, options).POST("/users/{userId}/authenticators", { params: { path }, body: attributes }));
  }

  /** Deletes an authenticator; the tenant must allow it. `DELETE /users/{userId}/authenticators/{userAuthenticatorId}` */
  async deleteAuthenticator(
    request: T.DeleteAuthenticatorRequest,
    options?: CallOptions,
  ): Promise<T.DeletedAuthenticator> {
    const path = "/users/{userId}/authenticators/{userAuthenticatorId}";
    return unwrap(api(this, options).DELETE(path, { params: { path: given(request) } }));
  }

  /** Enrolls up to 1,000 passkeys. Succeeds even when some of them fail: see `failures`. `POST /users/authenticators` */
  async batchEnrollVerifiedAuthenticators(
    request: T.BatchEnrollVerifiedAuthenticatorsRequest,
    options?: CallOptions,
  ): Promise<T.BatchEnrollVerifiedAuthenticatorsResponse> {
    return unwrap(api(this, options).POST("/users/authenticators", { body: request }));
  }

  /** Lists the methods that the tenant has set up. A cheap way to check key and region. `GET /authenticators` */
  async getAuthenticatorConfigurations(
    _request: T.GetAuthenticatorConfigurationsRequest = {},
    options?: CallOptions,
  ): Promise<T.AuthenticatorConfiguration[]> {
    return unwrap(api(this, options).GET("/authenticators"));
  }

  /**
   * Tracks what a user is about to do, and returns the decision: let them, block them, or challenge them at `url`.
   * Safe to retry: without an `idempotencyKey` of yours, a key is made before the first attempt and kept.
   * `POST /users/{userId}/actions/{action}`
   *
   * `ALLOW` with `isEnrolled: false` is no proof: a rule may have asked for a challenge, and there was nothing to challenge
   * with. Send the user to `url` to enroll (trust on first use), or refuse. Keep `idempotencyKey`.
   *
   * @example
   * ```ts
   * const { state, isEnrolled, url, idempotencyKey } = await authsignal.track({ userId, action: "withdraw", attributes: { redirectUrl } });
   * session.withdrawal = { amount, idempotencyKey };
   * if (state === UserActionState.ALLOW && isEnrolled) return carryOut(session.withdrawal);
   * if (state === UserActionState.ALLOW || state === UserActionState.CHALLENGE_REQUIRED) return redirect(url);
   * return refuse();
   * ```
   */
  async track(request: T.TrackRequest, options?: CallOptions): Promise<T.TrackResponse> {
    const { attributes, ...path } = given(request);
    const body = { ...attributes, idempotencyKey: attributes?.idempotencyKey || randomUuid() };
    return unwrap(api(this, options).POST("/users/{userId}/actions/{action}", { params: { path }, body }));
  }

  /** Reads one action. `GET /users/{userId}/actions/{action}/{idempotencyKey}` */
  async getAction(request: T.GetActionRequest, options?: CallOptions): Promise<T.UserAction> {
    const path = "/users/{userId}/actions/{action}/{idempotencyKey}";
    return unwrap(api(this, options).GET(path, { params: { path: given(request) } }));
  }

  /** Lists the actions of a user, of the last 30 days at most. `GET /users/{userId}/actions` */
  async queryUserActions(request: T.QueryUserActionsRequest, options?: CallOptions): Promise<T.UserActionSummary[]> {
    const { actionCodes, fromDate, state, ...path } = given(request);
    const query = { codes: [actionCodes ?? []].flat().join(",") || undefined, fromDate, state };
    return unwrap(api(this, options).GET("/users/{userId}/actions", { params: { path, query } }));
  }

  /** Moves an action to another state, after a review for instance. `PATCH /users/{userId}/actions/{action}/{idempotencyKey}` */
  async updateAction(request: T.UpdateActionRequest, options?: CallOptions): Promise<T.UpdatedAction> {
    const { attributes, ...ids } = given(request);
    const path = "/users/{userId}/actions/{action}/{idempotencyKey}";
    return unwrap(api(this, options).PATCH(path, { params: { path: ids }, body: attributes }));
  }

  /**
   * Sends a one-time code, to an address or number that need not belong to a user yet. Never retried once the code may have
   * been sent, so that no second code is sent. `POST /challenge`
   */
  async challenge(request: T.ChallengeRequest, options?: CallOptions): Promise<T.ChallengeResponse> {
    return unwrap(api(this, options).POST("/challenge", { body: request }));
  }

  /** Checks the code of a challenge. A wrong code is no error: look at `isVerified`. `POST /verify` */
  async verify(request: T.VerifyRequest, options?: CallOptions): Promise<T.VerifyResponse> {
    return unwrap(api(this, options).POST("/verify", { body: request }));
  }

  /** Assigns a verified challenge to a user, and returns the token that proves it. `POST /claim` */
  async claimChallenge(request: T.ClaimChallengeRequest, options?: CallOptions): Promise<T.ClaimChallengeResponse> {
    return unwrap(api(this, options).POST("/claim", { body: request }));
  }

  /** Reads the current challenge; the response is empty when there is none. `GET /challenges` */
  async getChallenge(request: T.GetChallengeRequest, options?: CallOptions): Promise<T.GetChallengeResponse> {
    return unwrap(api(this, options).GET("/challenges", { params: { query: given(request) } }));
  }

  /**
   * Validates the token with which a user came back: whether the challenge was passed. Without `isValid: true`, carry nothing
   * out. Pass `action`, so that a token for a harmless action is not accepted for another action, and `userId` when a user is
   * signed in; what is undefined is not checked. `POST /validate`
   *
   * Compare the returned `idempotencyKey` with the key that `track` returned for what you carry out; `isValid` alone does not
   * identify the attempt. With the state `ALLOW`, the user skipped the enrollment.
   *
   * @example
   * ```ts
   * const { withdrawal } = session; // with the idempotencyKey of track
   * const { isValid, state, idempotencyKey } = await authsignal.validateChallenge({ token, userId, action: "withdraw" });
   * const isPassed = isValid && state !== UserActionState.ALLOW && idempotencyKey === withdrawal.idempotencyKey;
   * return isPassed ? carryOut(withdrawal) : refuse();
   * ```
   */
  async validateChallenge(
    request: T.ValidateChallengeRequest,
    options?: CallOptions,
  ): Promise<T.ValidateChallengeResponse> {
    const { actionCode, ...challenge } = await unwrap(api(this, options).POST("/validate", { body: request }));
    return actionCode === undefined ? challenge : { action: actionCode, ...challenge };
  }

  /** Starts a session for the user who passed a challenge. `POST /sessions` */
  async createSession(request: T.CreateSessionRequest, options?: CallOptions): Promise<T.CreateSessionResponse> {
    return unwrap(api(this, options).POST("/sessions", { body: request }));
  }

  /** Reads the user of a session. A session that has ended is an error of code `unauthorized`. `POST /sessions/validate` */
  async validateSession(request: T.ValidateSessionRequest, options?: CallOptions): Promise<T.ValidateSessionResponse> {
    return unwrap(api(this, options).POST("/sessions/validate", { body: request }));
  }

  /** Exchanges a refresh token for the next tokens. A refresh token works once, so the call is never retried. `POST /sessions/refresh` */
  async refreshSession(request: T.RefreshSessionRequest, options?: CallOptions): Promise<T.RefreshSessionResponse> {
    return unwrap(api(this, options).POST("/sessions/refresh", { body: request }));
  }

  /** Ends a session. `POST /sessions/revoke` */
  async revokeSession(request: T.RevokeSessionRequest, options?: CallOptions): Promise<void> {
    await unwrapEmpty(api(this, options).POST("/sessions/revoke", { body: request }));
  }

  /** Ends all sessions of a user. `POST /sessions/user/revoke` */
  async revokeUserSessions(request: T.RevokeUserSessionsRequest, options?: CallOptions): Promise<void> {
    await unwrapEmpty(api(this, options).POST("/sessions/user/revoke", { body: request }));
  }

  /** Lists the devices of a user. `GET /users/{userId}/devices` */
  async getDevices(request: T.GetDevicesRequest, options?: CallOptions): Promise<T.UserDevice[]> {
    return unwrap(api(this, options).GET("/users/{userId}/devices", { params: { path: given(request) } }));
  }

  /** Changes until when a device is remembered. `PATCH /users/{userId}/devices/{deviceId}` */
  async updateDevice(request: T.UpdateDeviceRequest, options?: CallOptions): Promise<T.UserDevice> {
    const { attributes, ...path } = given(request);
    return unwrap(
      api(this, options).PATCH("/users/{userId}/devices/{deviceId}", { params: { path }, body: attributes }),
    );
  }

  /** Makes a device unknown again. `POST /users/{userId}/devices/{deviceId}/invalidate` */
  async invalidateDevice(request: T.InvalidateDeviceRequest, options?: CallOptions): Promise<T.UserDevice> {
    const path = "/users/{userId}/devices/{deviceId}/invalidate";
    return unwrap(api(this, options).POST(path, { params: { path: given(request) } }));
  }

  /** @deprecated The first SDKs' name of `track`. */
  async trackAction(request: T.TrackActionRequest, options?: CallOptions): Promise<T.TrackResponse> {
    const { userId, actionCode, payload } = given(request);
    return this.track({ userId, action: actionCode, attributes: payload }, options);
  }

  /** @deprecated The first SDKs' name of `updateUser`. */
  async identify(request: T.IdentifyRequest, options?: CallOptions): Promise<T.UpdatedUser> {
    const { userId, payload } = given(request);
    return this.updateUser({ userId, attributes: payload }, options);
  }

  /** @deprecated The first SDKs' name of `enrollVerifiedAuthenticator`. */
  async enrolAuthenticator(
    request: T.EnrolAuthenticatorRequest,
    options?: CallOptions,
  ): Promise<T.EnrollVerifiedAuthenticatorResponse> {
    const { userId, payload } = given(request);
    const { oobChannel: _firstName, ...attributes } = given(payload);
    const verificationMethod = "verificationMethod" in payload ? payload.verificationMethod : payload.oobChannel;
    return this.enrollVerifiedAuthenticator({ userId, attributes: { ...attributes, verificationMethod } }, options);
  }
}

/** Returns a request that is an object, and rejects any other value, which a caller without types may pass. */
function given<Request extends object>(request: Request): Request {
  if (typeof request === "object" && request !== null) return request;
  return reject("The request must be an object, such as { userId }");
}

function reject(problem: string, details?: ErrorDetails): never {
  throw new AuthsignalError(undefined, "invalid_argument", problem, details);
}
