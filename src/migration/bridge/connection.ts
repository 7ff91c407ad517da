import type { Authsignal } from "../../authsignal/authsignal.ts";
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
