import type { Clock } from "../state/clock.ts";
import type { Quota } from "../state/rows.ts";
import type { State } from "../state/state.ts";

const MINUTE = 60_000;
const SENDING_WINDOW = 10 * MINUTE;
const TRYING_WINDOW = 5 * MINUTE;

/** How many messages a recipient may get in 10 minutes (documented, but for WHATSAPP, which is taken to be as SMS). */
const SENDING_LIMITS: Readonly<Record<string, number>> = { EMAIL_MAGIC_LINK: 12, EMAIL_OTP: 12, SMS: 6, WHATSAPP: 6 };
/** How many codes may be tried in 5 minutes (documented for e-mail, SMS and TOTP; the others are taken to be alike). */
const TRYING_LIMIT = 10;

/** Counts messages per recipient and tried codes, to keep the documented limits. */
export class Quotas {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #areOn: boolean;

  constructor(state: State, clock: Clock, areOn: boolean) {
    this.#state = state;
    this.#clock = clock;
    this.#areOn = areOn;
  }

  /** Counts a message. Gives how many milliseconds to wait instead, when the limit is reached. */
  countMessage(verificationMethod: string, to: string): number | undefined {
    const limit = SENDING_LIMITS[verificationMethod];
    if (!this.#areOn || limit === undefined) return undefined;
    const { sentAt, triedAt } = this.#quota(verificationMethod, to);
    const wait = this.#wait(sentAt, limit, SENDING_WINDOW);
    if (wait !== undefined) return wait;
    this.#state.quotas.put({ verificationMethod, to, sentAt: [...sentAt, this.#now()], triedAt });
    return undefined;
  }

  /** Counts a tried code. Gives how many milliseconds to wait instead, when the limit is reached. */
  countTry(verificationMethod: string, to: string): number | undefined {
    if (!this.#areOn) return undefined;
    const { sentAt, triedAt } = this.#quota(verificationMethod, to);
    const wait = this.#wait(triedAt, TRYING_LIMIT, TRYING_WINDOW);
    if (wait !== undefined) return wait;
    this.#state.quotas.put({ verificationMethod, to, sentAt, triedAt: [...triedAt, this.#now()] });
    return undefined;
  }

  /** What was counted and still matters. */
  #quota(verificationMethod: string, to: string): Quota {
    const { sentAt = [], triedAt = [] } = this.#state.quotas.get(verificationMethod, to) ?? {};
    const since = (window: number) => (time: string) => Date.parse(time) > this.#clock.milliseconds - window;
    return {
      verificationMethod,
      to,
      sentAt: sentAt.filter(since(SENDING_WINDOW)),
      triedAt: triedAt.filter(since(TRYING_WINDOW)),
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
