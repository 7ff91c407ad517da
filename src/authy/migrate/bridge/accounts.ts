import type { Authsignal } from "../../../authsignal/authsignal.ts";
import type { User } from "../../../authsignal/types.ts";
import { AuthsignalError } from "../../../errors.ts";
import type { CallOptions } from "../../../http/options.ts";
import { authyIdOf } from "../../checks.ts";
import { refuse } from "../../error.ts";
import { type Phone, parsePhone } from "../../phone.ts";
import type { AuthyId } from "../../types.ts";
import { BridgeFailure, readOnly } from "./operation.ts";
import type { BridgeSettings } from "./options.ts";

/**
 * An id of the bridge is this number plus the digits of the phone number, at most 15. The ids of Authy are smaller, so no id of
 * the bridge equals an id of Authy.
 */
const FIRST_BRIDGE_ID = 10 ** 15;

/** The user and the phone number of an Authy id. */
export interface Account {
  readonly authyId: number;
  readonly userId: string;
  readonly phone: Phone;
}

/** An account with the state of its user in Authsignal. */
export interface KnownAccount extends Account {
  readonly user: User;
  /** Whether the number of the id is enrolled as a verified authenticator. */
  readonly isConfirmed: boolean;
  /** Whether the user has another verified number instead. */
  readonly hasOtherNumber: boolean;
}

/** Returns the id that the bridge creates for a phone number. */
function idFromPhone({ e164 }: Phone): number {
  return FIRST_BRIDGE_ID + Number(e164.slice(1));
}

/** Returns an id of Authy or of the bridge as a number; undefined for an id that neither of them creates. */
export function idOf(authyId: AuthyId | bigint): number | undefined {
  const id = Number(authyId);
  return id > 0 && (!isBridgeId(id) || phoneFromId(id)) ? id : undefined;
}

/** Returns the phone number in an id of the bridge; undefined for any other id. */
function phoneFromId(authyId: number): Phone | undefined {
  const number = `+${authyId - FIRST_BRIDGE_ID}`;
  const phone = isBridgeId(authyId) ? parsePhone(number) : undefined;
  return typeof phone === "object" && phone.e164 === number ? phone : undefined;
}

/** Finds the users of Authy in Authsignal, and enrolls their numbers. */
export class Accounts {
  readonly #authsignal: Authsignal;
  readonly #settings: BridgeSettings;

  constructor(authsignal: Authsignal, settings: BridgeSettings) {
    this.#authsignal = authsignal;
    this.#settings = settings;
  }

  /** Finds a user, even if the number of the id is not the present number. @throws BridgeFailure `60026` for an unknown user. */
  async find(given: AuthyId, call: CallOptions | undefined): Promise<KnownAccount> {
    const authyId = idOf(authyIdOf(given)) ?? userNotFound("Neither Authy nor the bridge makes such an id");
    const account = await this.read(authyId, await this.#phoneOf(authyId), call);
    const { isEnrolled, phoneNumber } = account.user;
    if (isBridgeId(authyId) && !isEnrolled && !phoneNumber)
      userNotFound("users.create has registered no user with this id");
    return account;
  }

  /**
   * Finds a user to whose number a code may be sent. Where Authsignal has another number for the user, the number of the id
   * may belong to another person by now.
   * @throws BridgeFailure `60026` when there is no such user.
   */
  async findReachable(given: AuthyId, call: CallOptions | undefined): Promise<KnownAccount> {
    const account = await this.find(given, call);
    const { authyId, isConfirmed, hasOtherNumber, phone, user } = account;
    const isRegistered = !isBridgeId(authyId) || user.phoneNumber === phone.e164;
    if (isConfirmed || (isRegistered && !hasOtherNumber)) return account;
    return userNotFound(
      "Authsignal knows another phone number of this user, or none, so nothing is sent to that of the id",
    );
  }

  /** Reads the account of an id and a phone number. */
  async read(authyId: number, phone: Phone, call: CallOptions | undefined): Promise<KnownAccount> {
    const userId = await this.userIdOf(authyId, phone);
    const [user, numbers] = await readOnly(
      Promise.all([this.#authsignal.getUser({ userId }, call), this.#verifiedNumbers(userId, call)]),
    );
    const isConfirmed = numbers.includes(phone.e164);
    const verified = user.phoneNumberVerified ? user.phoneNumber : undefined;
    const hasOtherNumber = !isConfirmed && (numbers.length > 0 || (Boolean(verified) && verified !== phone.e164));
    return { authyId, userId, phone, user, isConfirmed, hasOtherNumber };
  }

  /** Returns the id of the user who has a phone number: the existing id by the option `idOf`, else the id that the bridge creates. */
  async idFor(phone: Phone): Promise<number> {
    const made = idFromPhone(phone);
    const known = (await this.#settings.idOf(phone.e164)) ?? made;
    const id = /^\d+$/.test(`${known}`) ? idOf(known) : undefined;
    if (id !== undefined && (id === made || !isBridgeId(id))) return id;
    return refuse("idOf must give an id of Authy, or the one that users.create made for this number, or undefined");
  }

  /** Returns the Authsignal user of an id. */
  async userIdOf(authyId: number, phone = phoneFromId(authyId)): Promise<string> {
    const userId: unknown = await this.#settings.userIdOf(authyId, phone?.e164);
    return typeof userId === "string" && userId !== "" ? userId : refuse("userIdOf must give a text that is not empty");
  }

  /**
   * Enrolls the verified number of a user, unless it is enrolled. When the response is lost, the authenticators of the user
   * decide whether the enrollment worked.
   */
  async confirm({ userId, phone: { e164 }, isConfirmed }: KnownAccount, call: () => CallOptions | undefined) {
    if (isConfirmed) return;
    const attributes = { verificationMethod: "SMS", phoneNumber: e164 } as const;
    try {
      await this.#authsignal.enrollVerifiedAuthenticator({ userId, attributes }, call());
    } catch (error) {
      const isUnknown = error instanceof AuthsignalError && error.mayHaveBeenProcessed;
      const numbers = isUnknown ? await this.#verifiedNumbers(userId, call()).catch(() => []) : [];
      if (!numbers.includes(e164)) throw error;
    }
  }

  async #phoneOf(authyId: number): Promise<Phone> {
    const own = phoneFromId(authyId);
    if (own) return own;
    const number = await this.#settings.phoneOf(authyId);
    if (number === undefined || number === null)
      return userNotFound("phoneOf, an option of the bridge, knows no number for it");
    const phone = parsePhone(number);
    if (typeof phone !== "string") return phone;
    return refuse("phoneOf must give a phone number such as +14155550137, or undefined");
  }

  async #verifiedNumbers(userId: string, call: CallOptions | undefined): Promise<(string | undefined)[]> {
    const authenticators = await this.#authsignal.getAuthenticators({ userId }, call);
    return authenticators
      .filter(({ verificationMethod, verifiedAt }) => verificationMethod === "SMS" && Boolean(verifiedAt))
      .map(({ phoneNumber }) => phoneNumber);
  }
}

function isBridgeId(authyId: number): boolean {
  return authyId >= FIRST_BRIDGE_ID;
}

function userNotFound(reason: string): never {
  throw new BridgeFailure("60026", `User not found. ${reason}.`);
}
