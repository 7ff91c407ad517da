import type { Authsignal } from "../../authsignal/authsignal.ts";
import type { AuthyApi } from "../authy.ts";
import { refuse } from "../error.ts";
import { Accounts } from "./bridge/accounts.ts";
import { carrier } from "./bridge/carry.ts";
import { Codes } from "./bridge/codes.ts";
import { BridgeOneTouch } from "./bridge/one-touch.ts";
import { type AuthyBridgeOptions, settingsOf } from "./bridge/options.ts";
import { BridgeApps, BridgeDevices, BridgeStats } from "./bridge/others.ts";
import { BridgePhones } from "./bridge/phones.ts";
import { BridgeTokens } from "./bridge/tokens.ts";
import { BridgeUsers } from "./bridge/users.ts";

/** The interface of `AuthyApiClient`, carried out by Authsignal. */
export interface AuthyBridge extends AuthyApi {
  readonly users: BridgeUsers;
  readonly tokens: BridgeTokens;
  readonly apps: BridgeApps;
  readonly stats: BridgeStats;
  readonly phones: BridgePhones;
  readonly oneTouch: BridgeOneTouch;
  readonly devices: BridgeDevices;
}

/**
 * Lets code for Authy go on working, with Authsignal behind it. Nothing is kept here: an Authy id that the bridge makes is
 * made of the phone number, and challenges and approvals are asked for where they are. What Authsignal has no counterpart of
 * is a failure of code `not_supported` that names the alternative.
 *
 * As with `AuthyApiClient`, a failure is a result whose `ok()` is false, and a method rejects with an `AuthyError` when
 * nobody answered or an argument was refused. Its `statusCode` is what Authsignal answered, if that refused something. The
 * `timeout` of a call is for all requests to Authsignal that it consists of; without one, each has that of the client.
 *
 * @throws AuthyError `invalid_argument` when an option cannot be used.
 */
export function createAuthyBridge(authsignal: Authsignal, options: AuthyBridgeOptions = {}): AuthyBridge {
  if (typeof authsignal?.challenge !== "function") refuse("The first argument must be an Authsignal client");
  const settings = settingsOf(options);
  const accounts = new Accounts(authsignal, settings);
  const codes = new Codes(authsignal);
  const connection = { authsignal, settings, accounts, codes, carry: carrier(settings.throwOnFailure) };
  return {
    users: new BridgeUsers(connection),
    tokens: new BridgeTokens(connection),
    apps: new BridgeApps(connection),
    stats: new BridgeStats(connection),
    phones: new BridgePhones(connection),
    oneTouch: new BridgeOneTouch(connection),
    devices: new BridgeDevices(connection),
  };
}
