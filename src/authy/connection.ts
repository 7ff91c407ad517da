import type { CallOptions } from "../http/options.ts";
import { REJECT_ARGUMENT } from "../platform/client-marks.ts";
import type { CallbackOptions, CallbackRequest, SignedCallback } from "./callback.ts";
import type { AuthyClient } from "./client.ts";
import { ClientPart, contextOf } from "./client-part.ts";
import { refuse } from "./error.ts";
import type { OneTouchSignature } from "./one-touch-signature.ts";
import type { Settle } from "./settle.ts";

/** What the parts of a client call through. It holds functions only: what they know, the key included, cannot be inspected. */
export interface Connection {
  readonly client: (call?: CallOptions) => AuthyClient;
  readonly settle: Settle;
  readonly isSigned: (parts: OneTouchSignature) => boolean;
  readonly readCallback: (request: CallbackRequest, options?: CallbackOptions) => Promise<SignedCallback>;
}

/** A part of the Authy client. */
export abstract class AuthyPart extends ClientPart {
  static {
    Object.defineProperty(AuthyPart.prototype, REJECT_ARGUMENT, { value: refuse, configurable: true });
  }

  /** @internal */
  constructor(connection: Connection) {
    super(connection);
  }
}

/** What a part calls through. */
export function connectionOf(part: AuthyPart | undefined): Connection {
  const connection: unknown = contextOf(part);
  if (isConnection(connection)) return connection;
  return refuse("A method was called without its object. Call it like authy.users.create(…), or bind it");
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== "object" || value === null) return false;
  return ["client", "settle", "isSigned", "readCallback"].every(
    (name) => typeof Reflect.get(value, name) === "function",
  );
}
