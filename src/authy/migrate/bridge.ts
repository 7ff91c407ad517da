import type { Authsignal } from "../../authsignal/authsignal.ts";
import type { AuthyApi } from "../authy.ts";
import { refuse } from "../error.ts";
import { Accounts } from "./bridge/accounts.ts";
import { BridgeOneTouch } from "./bridge/one-touch.ts";
import { operationRunner } from "./bridge/operation.ts";
import { type AuthyBridgeOptions, settingsOf } from "./bridge/options.ts";
import { BridgePhones } from "./bridge/phones.ts";
import { SmsCodes } from "./bridge/sms-codes.ts";
import { BridgeTokens } from "./bridge/tokens.ts";
import { BridgeApps, BridgeDevices, BridgeStats } from "./bridge/unsupported-resources.ts";
import { BridgeUsers } from "./bridge/users.ts";

/** The methods of `AuthyApiClient`, implemented by Authsignal. */
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
 * Creates the bridge, with which code for Authy continues to work on Authsignal. It stores nothing: an Authy id that it
 * creates contains the phone number, and challenges and approvals are read from Authsignal. A feature without a counterpart
 * in Authsignal is a failure with the code `not_supported` that names the alternative.
 *
 * As with `AuthyApiClient`, a failure is a result whose `ok()` is false. A method rejects with an `AuthyError` when there was
 * no response or an argument is invalid. `statusCode` is that of Authsignal's response. The `timeout` of a call is shared by
 * all its requests to Authsignal; without one, each request has the timeout of the client.
 *
 * @throws AuthyError `invalid_argument` when an option cannot be used.
 */
export function createAuthyBridge(authsignal: Authsignal, options: AuthyBridgeOptions = {}): AuthyBridge {
  if (typeof authsignal?.challenge !== "function") refuse("The first argument must be an Authsignal client");
  const settings = settingsOf(options);
  const accounts = new Accounts(authsignal, settings);
  const codes = new SmsCodes(authsignal);
  const connection = { authsignal, settings, accounts, codes, run: operationRunner(settings.throwOnFailure) };
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
