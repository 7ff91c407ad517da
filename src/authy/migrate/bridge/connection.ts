import type { Authsignal } from "../../../authsignal/authsignal.ts";
import { REJECT_ARGUMENT } from "../../../platform/client-marks.ts";
import { ClientPart, contextOf } from "../../client-part.ts";
import { refuse } from "../../error.ts";
import type { Accounts } from "./accounts.ts";
import type { RunOperation } from "./operation.ts";
import type { BridgeSettings } from "./options.ts";
import type { SmsCodes } from "./sms-codes.ts";

/** The objects that the parts of a bridge share. */
export interface Connection {
  readonly authsignal: Authsignal;
  readonly settings: BridgeSettings;
  readonly accounts: Accounts;
  readonly codes: SmsCodes;
  readonly run: RunOperation;
}

/** A group of methods of a bridge, such as `users`. */
export abstract class BridgePart extends ClientPart {
  static {
    Object.defineProperty(BridgePart.prototype, REJECT_ARGUMENT, { value: refuse, configurable: true });
  }

  /** @internal */
  constructor(connection: Connection) {
    super(connection);
  }
}

/** Returns the shared objects of a part. @throws AuthyError `invalid_argument` when a method was called without its object. */
export function connectionOf(part: BridgePart | undefined): Connection {
  const connection: unknown = contextOf(part);
  if (isConnection(connection)) return connection;
  return refuse("A method was called without its object. Call it like authy.users.create(…), or bind it");
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== "object" || value === null) return false;
  return ["authsignal", "settings", "accounts", "codes", "run"].every((name) => name in value);
}
