import type { Authsignal } from "../../../authsignal/authsignal.ts";
import type { User } from "../../../authsignal/types.ts";
import { AuthsignalError } from "../../../errors.ts";
import type { CallOptions } from "../../../http/options.ts";
import { authyIdOf } from "../../checks.ts";
import { refuse } from "../../error.ts";
import { type Phone, parsePhone } from "../../phone.ts";
import type { AuthyId } from "../../types.ts";
import { Refusal, reading } from "./carry.ts";
import type { BridgeSettings } from "./options.ts";

/**
 * An id that the bridge makes is this and the digits of the phone number, of which there are 15 at most. Authy's own ids are
 * smaller, so that none of them is ever taken for a phone number, nor the other way round.
 */
const FIRST_MADE_ID = 10 ** 15;

/** Whom an Authy id stands for. */
export interface Account {
  readonly authyId: number;
  readonly userId: string;
  readonly phone: Phone;
}

/** The same with what Authsignal knows of them. */
export interface KnownAccount extends Account {
  readonly user: User;
  /** Whether the number of the id is enrolled as a verified authenticator. */
  readonly isConfirmed: boolean;
  /** Whether another number is verified in its place. */
  readonly hasOtherNumber: boolean;
}

/** The id that the bridge makes for whoever has a phone number. */
function madeIdOf({ e164 }: Phone): number {
  return FIRST_MADE_ID + Number(e164.slice(1));
}

/** An id of Authy or of the bridge as a number; undefined when it can be neither. */
export function idOf(authyId: AuthyId | bigint): number | undefined {
  const id = Number(authyId);
  return id > 0 && (!isMade(id) || phoneIn(id)) ? id : undefined;
}

/** The phone number that an id of the bridge was made of; undefined for any other id. */
function phoneIn(authyId: number): Phone | undefined {
  const number = `+${authyId - FIRST_MADE_ID}`;
  const phone = isMade(authyId) ? parsePhone(number) : undefined;
  return typeof phone === "object" && phone.e164 === number ? phone : undefined;
}

/** The users of Authy in Authsignal. */
export class Accounts {
  readonly #authsignal: Authsignal;
  readonly #settings: BridgeSettings;

  constructor(authsignal: Authsignal, settings: BridgeSettings) {
    this.#authsignal = authsignal;
    this.#settings = settings;
  }

  /** Finds a user, whatever number they have now. @throws Refusal `60026` when there is none. */
  async find(given: AuthyId, call: CallOptions | undefined): Promise<KnownAccount> {
    const authyId = idOf(authyIdOf(given)) ?? unknown("Neither Authy nor the bridge makes such an id");
    const account = await this.read(authyId, await this.#phoneOf(authyId), call);
    const { isEnrolled, phoneNumber } = account.user;
    if (isMade(authyId) && !isEnrolled && !phoneNumber) unknown("users.create has registered nobody with this id");
    return account;
  }

  /**
   * Finds a user to whose number a code may go. Where Authsignal knows another number, that of the id may be somebody
   * else's by now.
   * @throws Refusal `60026` when there is none.
   */
  async findReachable(given: AuthyId, call: CallOptions | undefined): Promise<KnownAccount> {
    const account = await this.find(given, call);
    const { authyId, isConfirmed, hasOtherNumber, phone, user } = account;
    const isRegistered = !isMade(authyId) || user.phoneNumber === phone.e164;
    if (isConfirmed || (isRegistered && !hasOtherNumber)) return account;
    return unknown("Authsignal knows another phone number of this user, or none, so nothing is sent to that of the id");
  }

  /** Reads what is known of whoever has an id and a number. */
  async read(authyId: number, phone: Phone, call: CallOptions | undefined): Promise<KnownAccount> {
    const userId = await this.userIdOf(authyId, phone);
    const [user, numbers] = await reading(
      Promise.all([this.#authsignal.getUser({ userId }, call), this.#verifiedNumbers(userId, call)]),
    );
    const isConfirmed = numbers.includes(phone.e164);
    const verified = user.phoneNumberVerified ? user.phoneNumber : undefined;
    const hasOtherNumber = !isConfirmed && (numbers.length > 0 || (Boolean(verified) && verified !== phone.e164));
    return { authyId, userId, phone, user, isConfirmed, hasOtherNumber };
  }

  /** The id of whoever has a phone number: the one that they have already, or a new one. */
  async idFor(phone: Phone): Promise<number> {
    const made = madeIdOf(phone);
    const known = (await this.#settings.idOf(phone.e164)) ?? made;
    const id = /^\d+$/.test(`${known}`) ? idOf(known) : undefined;
    if (id !== undefined && (id === made || !isMade(id))) return id;
    return refuse("idOf must give an id of Authy, or the one that users.create made for this number, or undefined");
  }

  /** The Authsignal user behind an id. */
  async userIdOf(authyId: number, phone = phoneIn(authyId)): Promise<string> {
    const userId: unknown = await this.#settings.userIdOf(authyId, phone?.e164);
    return typeof userId === "string" && userId !== "" ? userId : refuse("userIdOf must give a text that is not empty");
  }

  /** Enrolls the number of a user, which somebody has proved to have, unless it is enrolled. */
  async confirm({ userId, phone: { e164 }, isConfirmed }: KnownAccount, call: () => CallOptions | undefined) {
    if (isConfirmed) return;
    const attributes = { verificationMethod: "SMS", phoneNumber: e164 } as const;
    try {
      await this.#authsignal.enrollVerifiedAuthenticator({ userId, attributes }, call());
    } catch (error) {
      const isOpen = error instanceof AuthsignalError && error.mayHaveBeenProcessed;
      const numbers = isOpen ? await this.#verifiedNumbers(userId, call()).catch(() => []) : [];
      if (!numbers.includes(e164)) throw error;
    }
  }

  async #phoneOf(authyId: number): Promise<Phone> {
    const own = phoneIn(authyId);
    if (own) return own;
    const number = await this.#settings.phoneOf(authyId);
    if (number === undefined || number === null)
      return unknown("phoneOf, an option of the bridge, knows no number for it");
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

function isMade(authyId: number): boolean {
  return authyId >= FIRST_MADE_ID;
}

function unknown(reason: string): never {
  throw new Refusal("60026", `User not found. ${reason}.`);
}
