import type { CallOptions } from "../http/options.ts";
import { REJECT_ARGUMENT } from "../platform/client-marks.ts";
import type { ToResult } from "./call-result.ts";
import type { CallbackOptions, CallbackRequest, SignedCallback } from "./callback.ts";
import type { AuthyClient } from "./client.ts";
import { ClientPart, contextOf } from "./client-part.ts";
import { refuse } from "./error.ts";
import type { OneTouchSignature } from "./one-touch-signature.ts";

/** The functions that the parts of a client share. The key is in their closures only, so that inspecting a part does not show it. */
export interface Connection {
  readonly client: (call?: CallOptions) => AuthyClient;
  readonly toResult: ToResult;
  readonly isSigned: (parts: OneTouchSignature) => boolean;
  readonly readCallback: (request: CallbackRequest, options?: CallbackOptions) => Promise<SignedCallback>;
}

/** A group of methods of the Authy client, such as `users`. */
export abstract class AuthyPart extends ClientPart {
  static {
    Object.defineProperty(AuthyPart.prototype, REJECT_ARGUMENT, { value: refuse, configurable: true });
  }

  /** @internal */
  constructor(connection: Connection) {
    super(connection);
  }
}

/** Returns the shared functions of a part. @throws AuthyError `invalid_argument` when a method was called without its object. */
export function connectionOf(part: AuthyPart | undefined): Connection {
  const connection: unknown = contextOf(part);
  if (isConnection(connection)) return connection;
  return refuse("A method was called without its object. Call it like authy.users.create(…), or bind it");
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== "object" || value === null) return false;
  return ["client", "toResult", "isSigned", "readCallback"].every(
    (name) => typeof Reflect.get(value, name) === "function",
  );
}
