import { CLIENT_PART } from "../platform/client-marks.ts";
import { fieldOf } from "../platform/fields.ts";

const CONTEXT = Symbol("context");

/**
 * A part of a client, such as a group of its methods or a result that has methods. Its type consists of its methods alone, so
 * that the types of two copies of this package fit. The context of its methods is kept in a property, because a private
 * field cannot be read through a `Proxy`. The property can be inspected, so the context holds no secret, only functions that use
 * a secret.
 */
export abstract class ClientPart {
  static {
    Object.defineProperty(ClientPart.prototype, CLIENT_PART, { value: true, configurable: true });
  }

  /** @internal */
  constructor(context?: object) {
    if (context) Object.defineProperty(this, CONTEXT, { value: context, configurable: true });
  }
}

/** Returns the context that a part was made with. */
export function contextOf(part: ClientPart | undefined): unknown {
  return fieldOf(part, CONTEXT);
}
