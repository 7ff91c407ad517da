import type { components } from "../../../generated/authsignal.ts";
import type { Action, Challenge } from "../tenant/rows.ts";

type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** The data of each event that is asked about: what happens waits for the answer, and does not happen without a good one. */
export interface Questions {
  readonly "email.created": Schema<"EmailCreatedEvent">["data"];
  readonly "sms.created": Schema<"SmsCreatedEvent">["data"];
  readonly "push.created": Schema<"PushCreatedEvent">["data"];
  readonly "action.verify": Schema<"ActionVerifyEvent">["data"];
}

/** The data of each event that is only told. */
export interface News {
  readonly "authenticator.created": Schema<"AuthenticatorCreatedEvent">["data"];
  readonly "authenticator.updated": Schema<"AuthenticatorUpdatedEvent">["data"];
  readonly "authenticator.deleted": Schema<"AuthenticatorDeletedEvent">["data"];
}

/** The webhooks of a tenant. */
export class Webhooks {
  /** Whether an event is to be asked about, because it has a URL. */
  asks(_type: keyof Questions): boolean {
    return false;
  }

  /** Asks, and tells whether the answer was good. It must not be called in a transaction. */
  async ask<Type extends keyof Questions>(_type: Type, _data: Questions[Type]): Promise<boolean> {
    return true;
  }

  /** Tells something once the running transaction is over, and nothing if it fails. */
  tell<Type extends keyof News>(_type: Type, _data: News[Type]): void {}

  /** Notes how an action stands. The last word on it goes into the log. */
  logAction(_action: Action): void {}

  /** Notes what happened to a challenge. @param type Such as `SMS_SENT`. */
  logChallenge(_type: string, _challenge: Challenge): void {}
}
