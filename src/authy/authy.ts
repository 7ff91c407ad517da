import type { operations } from "../../generated/authy.ts";
import { version } from "../../generated/version.ts";
import { readOptions } from "../platform/own-options.ts";
import { Apps, Stats } from "./applications.ts";
import { resultMaker } from "./call-result.ts";
import { readCallback } from "./callback.ts";
import { openConnection } from "./client.ts";
import type { Connection } from "./connection.ts";
import { Devices } from "./devices.ts";
import { refuse } from "./error.ts";
import { OneTouch } from "./one-touch.ts";
import { isOneTouchSignature } from "./one-touch-signature.ts";
import { AUTHY_OPTIONS, type AuthyOptions } from "./options.ts";
import { Phones } from "./phones.ts";
import { Tokens } from "./tokens.ts";
import { Users } from "./users.ts";

/** Options of the client: key, address, connection, and how failures are reported. */
export interface AuthyApiOptions extends AuthyOptions {
  /** Throws the `AuthyError` of a failure, instead of returning it in the result. Default false. */
  throwOnFailure?: boolean | undefined;
}

/** The interface that code for Authy calls: an `AuthyApiClient`, or the bridge that implements the same methods with Authsignal. */
export interface AuthyApi {
  /** Users, and codes for them. */
  readonly users: Users;
  /** The codes that users enter. */
  readonly tokens: Tokens;
  /** The application that the key belongs to. */
  readonly apps: Apps;
  /** The usage of the application. */
  readonly stats: Stats;
  /** Phone numbers, which need not belong to a user. */
  readonly phones: Phones;
  /** Approval requests, and the callbacks with their outcome. */
  readonly oneTouch: OneTouch;
  /** Devices that your own app has registered. */
  readonly devices: Devices;
}

/**
 * The classic Authy API in the form of its Python client: resources with methods, whose results have `ok()`. A method rejects
 * with an `AuthyError` when there was no response or an argument is invalid.
 */
export class AuthyApiClient implements AuthyApi {
  /** The base URL of the API. */
  readonly apiUrl: string;
  /** The version of this package. */
  readonly version: string = version;
  readonly users: Users;
  readonly tokens: Tokens;
  readonly apps: Apps;
  readonly stats: Stats;
  readonly phones: Phones;
  readonly oneTouch: OneTouch;
  readonly devices: Devices;

  /** @throws AuthyError `invalid_argument` when an option cannot be used. */
  constructor(options: AuthyApiOptions) {
    const own = readOptions<AuthyApiOptions>(options, { ...AUTHY_OPTIONS, throwOnFailure: true }, refuse);
    const { apiKey, apiUrl, client } = openConnection(own);
    const { throwOnFailure = false } = own;
    if (typeof throwOnFailure !== "boolean") refuse("throwOnFailure must be true or false");
    const connection: Connection = {
      client,
      toResult: resultMaker(throwOnFailure),
      isSigned: (parts) => isOneTouchSignature(apiKey, parts),
      readCallback: (request, how) => readCallback(apiKey, request, how),
    };
    this.apiUrl = apiUrl;
    this.users = new Users(connection);
    this.tokens = new Tokens(connection);
    this.apps = new Apps(connection);
    this.stats = new Stats(connection);
    this.phones = new Phones(connection);
    this.oneTouch = new OneTouch(connection);
    this.devices = new Devices(connection);
  }
}

/** The names that the spec gives the methods of a client: `usersCreate` for `users.create`. */
type MethodNames<Client> = {
  [Resource in keyof Client & string]: `${Resource}${Capitalize<keyof Client[Resource] & string>}`;
}[keyof Client & string];

/** The operations without a method of their own; `usersRemove` is another address of `usersDelete`. */
type Missing = Exclude<keyof operations, MethodNames<AuthyApiClient> | "usersRemove">;

const complete: [Missing] extends [never] ? true : Missing = true;
void complete;
