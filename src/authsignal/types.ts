/**
 * The requests and responses of the facade, under the names of the official Node SDK where it has them.
 * Their fields, and the docs of these, come from the spec.
 */
import type { Ids, Query, Schema } from "./schema.ts";

/** Data points of your own, for the rules. Keys and values are never changed. */
export interface CustomData extends Schema<"CustomData"> {}

// Users

/** The user to read. */
export interface GetUserRequest extends Ids<"getUser"> {}

/** A user, as the service knows them. */
export interface User extends Schema<"User"> {}

/** The filters, of which at least one should be given, and the page. */
export interface QueryUsersRequest extends Query<"queryUsers"> {}

/** A page of users; with `lastEvaluatedUserId`, there is another one. */
export interface QueryUsersResponse extends Schema<"QueryUsersResponse"> {}

/** A user as `queryUsers` lists them. */
export interface UserSummary extends Schema<"UserSummary"> {}

/** The claims of the identity token by which a user was looked for. */
export interface TokenPayload extends Schema<"TokenPayload"> {}

/** The user to change, and what to change. */
export interface UpdateUserRequest extends Ids<"updateUser"> {
  /** What to change; what is left out stays as it is. */
  attributes: UserAttributes;
}

/** What can be changed about a user. */
export interface UserAttributes extends Schema<"UserAttributes"> {}

/** A user after a change. */
export interface UpdatedUser extends Schema<"UpdatedUser"> {}

/** The user to delete. */
export interface DeleteUserRequest extends Ids<"deleteUser">, Query<"deleteUser"> {}

/** Whether a user was deleted. */
export interface Deleted extends Schema<"Deleted"> {}

// Authenticators

/** The user whose authenticators to list. */
export interface GetAuthenticatorsRequest extends Ids<"getAuthenticators"> {}

/** A method that a user has enrolled. */
export interface UserAuthenticator extends Schema<"UserAuthenticator"> {}

/** The credential behind a passkey or a security key. */
export interface WebauthnCredential extends Schema<"WebauthnCredential"> {}

/** The product that keeps a passkey. */
export interface AaguidMapping extends Schema<"AaguidMapping"> {}

/** The browser and device on which a credential was made. */
export interface UserAgent extends Schema<"UserAgent"> {}
/** The browser of a user agent. */
export interface UserAgentBrowser extends Schema<"UserAgentBrowser"> {}
/** The device of a user agent. */
export interface UserAgentDevice extends Schema<"UserAgentDevice"> {}
/** The rendering engine of a user agent. */
export interface UserAgentEngine extends Schema<"UserAgentEngine"> {}
/** The operating system of a user agent. */
export interface UserAgentOs extends Schema<"UserAgentOs"> {}
/** The processor of a user agent. */
export interface UserAgentCpu extends Schema<"UserAgentCpu"> {}

/** The user, and what to enroll. */
export interface EnrollVerifiedAuthenticatorRequest extends Ids<"enrollVerifiedAuthenticator"> {
  /** The method, and the address, number or key that you have verified yourself. */
  attributes: EnrollVerifiedAuthenticatorAttributes;
}

/** An authenticator that you have verified yourself. */
export interface EnrollVerifiedAuthenticatorAttributes extends Schema<"EnrollVerifiedAuthenticatorAttributes"> {}

/** The new authenticator, and the user's recovery codes if there are any: they are shown only now. */
export interface EnrollVerifiedAuthenticatorResponse extends Schema<"EnrollVerifiedAuthenticatorResponse"> {}

/** The authenticator to delete. */
export interface DeleteAuthenticatorRequest extends Ids<"deleteAuthenticator"> {}

/** Whether an authenticator was deleted. */
export interface DeletedAuthenticator extends Schema<"DeletedAuthenticator"> {}

/** Up to 1,000 passkeys of any users. */
export interface BatchEnrollVerifiedAuthenticatorsRequest extends Schema<"BatchEnrollVerifiedAuthenticatorsRequest"> {}

/** A passkey of a user. */
export interface BatchAuthenticator extends Schema<"BatchAuthenticator"> {}

/** How many passkeys were enrolled, and which were not: look into `failures` even though the call succeeded. */
export interface BatchEnrollVerifiedAuthenticatorsResponse
  extends Schema<"BatchEnrollVerifiedAuthenticatorsResponse"> {}

/** A passkey that was not enrolled, and why. */
export interface BatchEnrollmentFailure extends Schema<"BatchEnrollmentFailure"> {}

/** The request has no fields. */
export type GetAuthenticatorConfigurationsRequest = Record<string, never>;

/** A method as the tenant has set it up. */
export interface AuthenticatorConfiguration extends Schema<"AuthenticatorConfiguration"> {}

// Actions

/** The user and the action that they are about to do. */
export interface TrackRequest extends Ids<"track"> {
  /** What the rules may look at, and where the challenge leads. */
  attributes?: TrackAttributes | undefined;
}

/** What can be said about an action. */
export interface TrackAttributes extends Schema<"TrackAttributes"> {}

/** The decision about an action, and the address of its challenge. */
export interface TrackResponse extends Schema<"TrackResponse"> {}

/** The action to read. */
export interface GetActionRequest extends Ids<"getAction"> {}

/** An action and its current state. */
export interface UserAction extends Schema<"UserAction"> {}

/** An action after a change. */
export interface UpdatedAction extends Schema<"UpdatedAction"> {}

/** The output of the rules engine. Keys and values are your own. */
export interface ActionOutput extends Schema<"ActionOutput"> {}

/** A rule that took part in the decision. */
export interface Rule extends Schema<"Rule"> {}

/** The user whose actions to list, and which of them. */
export interface QueryUserActionsRequest extends Ids<"queryUserActions">, Omit<Query<"queryUserActions">, "codes"> {
  /** Only actions with one of these codes. Default: all. */
  actionCodes?: string[] | undefined;
}

/** An action as `queryUserActions` lists it. */
export interface UserActionSummary extends Schema<"UserActionSummary"> {}

/** The action to change, and what to change. */
export interface UpdateActionRequest extends Ids<"updateAction"> {
  /** The state to move the action to. */
  attributes: ActionAttributes;
}

/** What can be changed about an action. */
export interface ActionAttributes extends Schema<"ActionAttributes"> {}

// Challenges

/** The address or number of the user, and the action; or `challengeId`, to resend the code of a challenge. */
export interface ChallengeRequest extends Schema<"ChallengeRequest"> {}

/** A challenge whose code is on its way. */
export interface ChallengeResponse extends Schema<"ChallengeResponse"> {}

/** A challenge and the code that the user typed. */
export interface VerifyRequest extends Schema<"VerifyRequest"> {}

/** Whether the code was right. A wrong one is no error. */
export interface VerifyResponse extends Schema<"VerifyResponse"> {}

/** A challenge and the user whom it shall belong to. */
export interface ClaimChallengeRequest extends Schema<"ClaimChallengeRequest"> {}

/** The token of a claimed challenge. */
export interface ClaimChallengeResponse extends Schema<"ClaimChallengeResponse"> {}

/** What you know of the challenge. */
export interface GetChallengeRequest extends Query<"getChallenge"> {}

/** The current challenge; without fields when there is none. */
export interface GetChallengeResponse extends Schema<"GetChallengeResponse"> {}

/** The token that came back from the user, and whose and what action's it must be. */
export interface ValidateChallengeRequest extends Schema<"ValidateChallengeRequest"> {}

/** Whether the challenge was passed, by that user, for that action. Only `isValid` decides. */
export interface ValidateChallengeResponse extends Omit<Schema<"ValidateChallengeResponse">, "actionCode"> {}

// Sessions

/** The token of a passed challenge, and the app client that the session is for. */
export interface CreateSessionRequest extends Schema<"CreateSessionRequest"> {}

/** The tokens of a new session. */
export interface CreateSessionResponse extends Schema<"CreateSessionResponse"> {}

/** An access token, and the app clients that it may be for. */
export interface ValidateSessionRequest extends Schema<"ValidateSessionRequest"> {}

/** The user of a valid session. */
export interface ValidateSessionResponse extends Schema<"ValidateSessionResponse"> {}

/** The user of a session, with the claims that you have mapped. */
export type SessionUser = Schema<"SessionUser">;

/** A refresh token, which this spends. */
export interface RefreshSessionRequest extends Schema<"RefreshSessionRequest"> {}

/** The next tokens of a session; those before are no longer valid. */
export interface RefreshSessionResponse extends Schema<"RefreshSessionResponse"> {}

/** The session to end. */
export interface RevokeSessionRequest extends Schema<"RevokeSessionRequest"> {}

/** The user whose sessions to end. */
export interface RevokeUserSessionsRequest extends Schema<"RevokeUserSessionsRequest"> {}

// Devices

/** The user whose devices to list. */
export interface GetDevicesRequest extends Ids<"getDevices"> {}

/** A device on which a user was seen. */
export interface UserDevice extends Schema<"UserDevice"> {}

/** The device to change, and what to change. */
export interface UpdateDeviceRequest extends Ids<"updateDevice"> {
  /** Until when the device is remembered. */
  attributes: DeviceAttributes;
}

/** What can be changed about a device. */
export interface DeviceAttributes extends Schema<"DeviceAttributes"> {}

/** The device to make unknown again. */
export interface InvalidateDeviceRequest extends Ids<"invalidateDevice"> {}

// Names of the official Node SDK for what is called otherwise here

/** The response of `getUser`. */
export type GetUserResponse = User;
/** The response of `getAction`. */
export type GetActionResponse = UserAction;
/** The response of `queryUserActions`. */
export type QueryUserActionsResponse = UserActionSummary[];

// Requests of the earliest SDKs

/** The request of `trackAction`. */
export interface TrackActionRequest extends Pick<TrackRequest, "userId"> {
  /** Today's `action`. */
  actionCode: string;
  /** Today's `attributes`. */
  payload?: TrackAttributes | undefined;
}

/** The request of `identify`. */
export interface IdentifyRequest extends Pick<UpdateUserRequest, "userId"> {
  /** Today's `attributes`. */
  payload: UserAttributes;
}

type Named = EnrollVerifiedAuthenticatorAttributes;

/** The request of `enrolAuthenticator`, whose payload may name the method by its first name, `oobChannel`. */
export interface EnrolAuthenticatorRequest extends Pick<EnrollVerifiedAuthenticatorRequest, "userId"> {
  /** The method, or the channel that names it, and the address or number that you have verified yourself. */
  payload:
    | Named
    | (Omit<Named, "verificationMethod" | "oobChannel"> & {
        /** The older name of the method. */
        oobChannel: NonNullable<Named["oobChannel"]>;
      });
}

// Options of the official Node SDK's handlers for Auth0, for code that names them; the handlers are not part of this package

/** The options of `handleAuth0ExecutePostLogin`. */
export interface ExecutePostLoginOptions {
  /** Default: the secret `AUTHSIGNAL_SECRET` of the Auth0 action. */
  apiSecretKey?: string | undefined;
  /** The address of the Server API. */
  apiUrl?: string | undefined;
  /** Default: the id of the Auth0 user. */
  userId?: string | undefined;
  /** Default `auth0-login`. */
  action?: string | undefined;
  /** Default: the address at which Auth0 goes on. */
  redirectUrl?: string | undefined;
  /** Data points of your own, for the rules. */
  custom?: { [key: string]: string } | undefined;
  /** Whether to make the user enroll. Default false. */
  forceEnrollment?: boolean | undefined;
}

/** The options of `handleAuth0ContinuePostLogin`. */
export interface ContinuePostLoginOptions
  extends Pick<ExecutePostLoginOptions, "apiSecretKey" | "apiUrl" | "userId" | "action"> {
  /** What a refused user reads. */
  failureMessage?: string | undefined;
}
