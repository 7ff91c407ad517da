import type { Authsignal } from "../../../authsignal/authsignal.ts";
import { REJECT_ARGUMENT } from "../../../platform/client-marks.ts";
import { ClientPart, contextOf } from "../../client-part.ts";
import { refuse } from "../../error.ts";
import type { Accounts } from "./accounts.ts";
import type { Carry } from "./carry.ts";
import type { Codes } from "./codes.ts";
import type { BridgeSettings } from "./options.ts";

/** What the parts of a bridge work with. */
export interface Connection {
  readonly authsignal: Authsignal;
  readonly settings: BridgeSettings;
  readonly accounts: Accounts;
  readonly codes: Codes;
  readonly carry: Carry;
}

/** A part of a bridge. */
export abstract class BridgePart extends ClientPart {
  static {
    Object.defineProperty(BridgePart.prototype, REJECT_ARGUMENT, { value: refuse, configurable: true });
  }

  /** @internal */
  constructor(connection: Connection) {
    super(connection);
  }
}

/** What a part works with. */
export function connectionOf(part: BridgePart | undefined): Connection {
  const connection: unknown = contextOf(part);
  if (isConnection(connection)) return connection;
  return refuse("A method was called without its object. Call it like authy.users.create(…), or bind it");
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== "object" || value === null) return false;
  return ["authsignal", "settings", "accounts", "codes", "carry"].every((name) => name in value);
}
