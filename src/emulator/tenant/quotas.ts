import type { Clock } from "../state/clock.ts";
import type { Quota } from "../state/rows.ts";
import type { State } from "../state/state.ts";

const MINUTE = 60_000;
const SENDING_WINDOW = 10 * MINUTE;
const ATTEMPT_WINDOW = 5 * MINUTE;

/** How many messages a recipient may get in 10 minutes. Documented, but for WHATSAPP, which is assumed to have the limit of SMS. */
const SENDING_LIMITS: Readonly<Record<string, number>> = { EMAIL_MAGIC_LINK: 12, EMAIL_OTP: 12, SMS: 6, WHATSAPP: 6 };
/** How many codes may be entered in 5 minutes. Documented for e-mail, SMS and TOTP; assumed for the other methods. */
const ATTEMPT_LIMIT = 10;

/** The rate limiters of a tenant. They count messages and entered codes per recipient. */
export class Quotas {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #isEnabled: boolean;

  constructor(state: State, clock: Clock, isEnabled: boolean) {
    this.#state = state;
    this.#clock = clock;
    this.#isEnabled = isEnabled;
  }

  /** Counts a message. @returns How many milliseconds to wait instead, when the limit is reached. */
  countMessage(verificationMethod: string, to: string): number | undefined {
    const limit = SENDING_LIMITS[verificationMethod];
    if (!this.#isEnabled || limit === undefined) return undefined;
    const { sentAt, triedAt } = this.#quota(verificationMethod, to);
    const wait = this.#wait(sentAt, limit, SENDING_WINDOW);
    if (wait !== undefined) return wait;
    this.#state.quotas.put({ verificationMethod, to, sentAt: [...sentAt, this.#now()], triedAt });
    return undefined;
  }

  /** Counts an entered code. @returns How many milliseconds to wait instead, when the limit is reached. */
  countAttempt(verificationMethod: string, to: string): number | undefined {
    if (!this.#isEnabled) return undefined;
    const { sentAt, triedAt } = this.#quota(verificationMethod, to);
    const wait = this.#wait(triedAt, ATTEMPT_LIMIT, ATTEMPT_WINDOW);
    if (wait !== undefined) return wait;
    this.#state.quotas.put({ verificationMethod, to, sentAt, triedAt: [...triedAt, this.#now()] });
    return undefined;
  }

  /** Returns the times of messages and codes that are still in their window. */
  #quota(verificationMethod: string, to: string): Quota {
    const { sentAt = [], triedAt = [] } = this.#state.quotas.get(verificationMethod, to) ?? {};
    const since = (window: number) => (time: string) => Date.parse(time) > this.#clock.milliseconds - window;
    return {
      verificationMethod,
      to,
      sentAt: sentAt.filter(since(SENDING_WINDOW)),
      triedAt: triedAt.filter(since(ATTEMPT_WINDOW)),
    };
  }

  #wait(times: readonly string[], limit: number, window: number): number | undefined {
    const [oldest] = times.slice(-limit);
    if (oldest === undefined || times.length < limit) return undefined;
    return Date.parse(oldest) + window - this.#clock.milliseconds;
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}
