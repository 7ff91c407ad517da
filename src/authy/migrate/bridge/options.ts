import type { CallOptions } from "../../../http/options.ts";
import { textOf } from "../../checks.ts";
import { type AuthyError, refuse } from "../../error.ts";

/** Options of the bridge: how users of Authy are found in Authsignal, and the names of their actions. */
export interface AuthyBridgeOptions {
  /**
   * Returns the phone number of an Authy id of the service, such as `+14155550137`; undefined when there is none. It is not
   * called for ids that the bridge created, which contain their number. Default: returns undefined.
   */
  phoneOf?: ((authyId: number) => FoundPhone | Promise<FoundPhone>) | undefined;
  /**
   * Returns the Authy id of the user who has this number, such as `+14155550137`, so that `users.create` finds that user;
   * undefined for a new user. It is the reverse of `phoneOf`. Without it, `users.create` creates a second id and a second
   * user for a user who has an Authy id. Default: returns undefined.
   */
  idOf?: ((phoneNumber: string) => FoundId | Promise<FoundId>) | undefined;
  /**
   * Returns the Authsignal user of an Authy id, also of one that the bridge created: always the same for the same id. The
   * phone number, such as `+14155550137`, is always given for an id that the bridge created, so that you can find your user
   * by it. For an id of Authy, `oneTouch.getApprovalStatus` does not give it. Default: `authy-` and the id.
   */
  userIdOf?: ((authyId: number, phoneNumber: string | undefined) => string | Promise<string>) | undefined;
  /**
   * The Authsignal action of `requestSms` and `verify`, followed by `-` and the `action` of the request if it has one. The
   * whole name has at most 64 letters, digits, `_` and `-`: an `action` that Authy accepted and Authsignal does not, such as
   * `pay out`, is an invalid argument. Rename it in both calls. Default `"authy-sms"`.
   */
  smsAction?: string | undefined;
  /** The Authsignal action of a phone verification. Default `"authy-phone-verification"`. */
  phoneAction?: string | undefined;
  /** The Authsignal action of an approval request. Its rules must challenge. Default `"authy-one-touch"`. */
  oneTouchAction?: string | undefined;
  /**
   * Called when a code was right, but its phone number could not be enrolled afterwards. The code still counts, and the next
   * right one enrolls the number. A signal that ended the enrollment is the `cause` of a `network_error`. The bridge does not
   * wait for the function, and ignores its errors.
   */
  onEnrollmentFailure?: ((error: AuthyError, user: { authyId: number; userId: string }) => void) | undefined;
  /** @deprecated The old name of `onEnrollmentFailure`. Pass one of the two. */
  onEnrolmentFailure?: AuthyBridgeOptions["onEnrollmentFailure"];
  /** Throws the `AuthyError` of a failure, instead of returning it in the result. Default false. */
  throwOnFailure?: boolean | undefined;
}

type FoundPhone = string | null | undefined;
type FoundId = number | string | null | undefined;

/** The options with their defaults. */
export type BridgeSettings = {
  [Name in Exclude<keyof AuthyBridgeOptions, "onEnrolmentFailure">]-?: Exclude<AuthyBridgeOptions[Name], undefined>;
};

const ACTION_CODE = /^[a-zA-Z0-9_-]{1,64}$/;

/** @throws AuthyError `invalid_argument` when an option cannot be used. */
export function settingsOf(options: AuthyBridgeOptions): BridgeSettings {
  if (options.onEnrollmentFailure !== undefined && options.onEnrolmentFailure !== undefined) {
    refuse("onEnrolmentFailure is the old name of onEnrollmentFailure. Leave onEnrolmentFailure out");
  }
  const settings = {
    phoneOf: options.phoneOf ?? (() => undefined),
    idOf: options.idOf ?? (() => undefined),
    userIdOf: options.userIdOf ?? ((authyId: number) => `authy-${authyId}`),
    smsAction: options.smsAction ?? "authy-sms",
    phoneAction: options.phoneAction ?? "authy-phone-verification",
    oneTouchAction: options.oneTouchAction ?? "authy-one-touch",
    onEnrollmentFailure: options.onEnrollmentFailure ?? options.onEnrolmentFailure ?? (() => {}),
    throwOnFailure: options.throwOnFailure ?? false,
  };
  for (const name of ["phoneOf", "idOf", "userIdOf", "onEnrollmentFailure"] as const) {
    if (typeof settings[name] !== "function") refuse(`${name} must be a function`);
  }
  for (const name of ["smsAction", "phoneAction", "oneTouchAction"] as const) actionCode(settings[name], name);
  if (typeof settings.throwOnFailure !== "boolean") refuse("throwOnFailure must be true or false");
  return settings;
}

/** Returns the Authsignal action of a code by text message. */
export function smsActionOf({ smsAction }: BridgeSettings, action: string | null | undefined): string {
  return action === undefined || action === null
    ? smsAction
    : actionCode(`${smsAction}-${textOf(action, "action")}`, "action");
}

/** Checks an action code. It is never changed to fit: two names must not become the same. */
function actionCode(code: unknown, name: string): string {
  if (typeof code === "string" && ACTION_CODE.test(code)) return code;
  return refuse(`${name} must have letters, digits, _ and - only, and an action code has at most 64 of them`);
}

/** Returns the options of the next request of a call: all requests share the `timeout` of the call. */
export function sharedDeadline(options?: CallOptions): () => CallOptions | undefined {
  const { timeout } = options ?? {};
  if (typeof timeout !== "number" || !(timeout >= 1)) return () => options;
  const end = performance.now() + timeout;
  return () => ({ ...options, timeout: Math.max(1, end - performance.now()) });
}
