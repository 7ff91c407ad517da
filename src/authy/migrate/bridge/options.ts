import type { CallOptions } from "../../../http/options.ts";
import { textOf } from "../../checks.ts";
import { type AuthyError, refuse } from "../../error.ts";

/** How Authy's users are found in Authsignal, and what their actions are called there. */
export interface AuthyBridgeOptions {
  /**
   * The phone number that belongs to an Authy id of the service, such as `+14155550137`; undefined when there is none.
   * It is not asked for ids that the bridge made, which say their number themselves. Default: knows none.
   */
  phoneOf?: ((authyId: number) => PhoneAnswer | Promise<PhoneAnswer>) | undefined;
  /**
   * The Authy id that whoever has this number already has, so that `users.create` finds them; undefined when they are new.
   * It is the reverse of `phoneOf`, and asked for a number such as `+14155550137`. Without it, `users.create` makes an id
   * for somebody who has one of Authy, and a second user. Default: knows none.
   */
  idOf?: ((phoneNumber: string) => IdAnswer | Promise<IdAnswer>) | undefined;
  /**
   * The Authsignal user behind an Authy id, also behind one that the bridge made. For the same id always the same.
   * The phone number, such as `+14155550137`, is always there when the bridge made the id, so that your own user can be
   * found by it. Of an id of Authy, `oneTouch.getApprovalStatus` does not know it. Default: `authy-` and the id.
   */
  userIdOf?: ((authyId: number, phoneNumber: string | undefined) => string | Promise<string>) | undefined;
  /**
   * The Authsignal action of `requestSms` and `verify`, followed by `-` and their own `action` if they have one. All of it
   * has at most 64 letters, digits, `_` and `-`: an `action` that Authy took and Authsignal does not, such as `pay out`, is
   * refused, and must be renamed in both calls. Default `"authy-sms"`.
   */
  smsAction?: string | undefined;
  /** The Authsignal action of a phone verification. Default `"authy-phone-verification"`. */
  phoneAction?: string | undefined;
  /** The Authsignal action of an approval request. Its rules must challenge. Default `"authy-one-touch"`. */
  oneTouchAction?: string | undefined;
  /**
   * Is told when a code was right, but its phone number could not be enrolled afterwards. The code counts all the same,
   * and the next right one enrolls the number. A signal that ended the enrollment is the `cause` of a `network_error`. It
   * is not waited for, and what it throws is ignored.
   */
  onEnrollmentFailure?: ((error: AuthyError, user: { authyId: number; userId: string }) => void) | undefined;
  /** Makes whatever is no success throw its `AuthyError`, instead of coming back as a result. Default false. */
  throwOnFailure?: boolean | undefined;
}

type PhoneAnswer = string | null | undefined;
type IdAnswer = number | string | null | undefined;

/** The options with everything filled in. */
export type BridgeSettings = {
  [Name in keyof AuthyBridgeOptions]-?: Exclude<AuthyBridgeOptions[Name], undefined>;
};

const ACTION_CODE = /^[a-zA-Z0-9_-]{1,64}$/;

/** @throws AuthyError `invalid_argument` when an option cannot be used. */
export function settingsOf(options: AuthyBridgeOptions): BridgeSettings {
  const settings = {
    phoneOf: options.phoneOf ?? (() => undefined),
    idOf: options.idOf ?? (() => undefined),
    userIdOf: options.userIdOf ?? ((authyId: number) => `authy-${authyId}`),
    smsAction: options.smsAction ?? "authy-sms",
    phoneAction: options.phoneAction ?? "authy-phone-verification",
    oneTouchAction: options.oneTouchAction ?? "authy-one-touch",
    onEnrollmentFailure: options.onEnrollmentFailure ?? (() => {}),
    throwOnFailure: options.throwOnFailure ?? false,
  };
  for (const name of ["phoneOf", "idOf", "userIdOf", "onEnrollmentFailure"] as const) {
    if (typeof settings[name] !== "function") refuse(`${name} must be a function`);
  }
  for (const name of ["smsAction", "phoneAction", "oneTouchAction"] as const) actionCode(settings[name], name);
  if (typeof settings.throwOnFailure !== "boolean") refuse("throwOnFailure must be true or false");
  return settings;
}

/** The code of the Authsignal action that a code by text message is for. */
export function smsActionOf({ smsAction }: BridgeSettings, action: string | null | undefined): string {
  return action === undefined || action === null
    ? smsAction
    : actionCode(`${smsAction}-${textOf(action, "action")}`, "action");
}

/** It is never mended: two names must not come to be the same. */
function actionCode(code: unknown, name: string): string {
  if (typeof code === "string" && ACTION_CODE.test(code)) return code;
  return refuse(`${name} must have letters, digits, _ and - only, and an action code has at most 64 of them`);
}

/** The options for each of the requests that a call consists of, which share its time. */
export function sharedTime(options?: CallOptions): () => CallOptions | undefined {
  const { timeout } = options ?? {};
  if (typeof timeout !== "number" || !(timeout >= 1)) return () => options;
  const end = performance.now() + timeout;
  return () => ({ ...options, timeout: Math.max(1, end - performance.now()) });
}
