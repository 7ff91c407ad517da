import type { Authsignal } from "../../../authsignal/authsignal.ts";
import type { ChallengeResponse } from "../../../authsignal/types.ts";
import type { CallOptions } from "../../../http/options.ts";
import { reading } from "./carry.ts";

/** Whose code it is, where it goes, and what it is for. A code is good for nothing else. */
export interface Purpose {
  readonly userId: string;
  readonly phoneNumber: string;
  readonly action: string;
}

/** What is said with a code. */
export interface Wording {
  readonly locale?: string | undefined;
  readonly actionMessage?: string | undefined;
}

/** What came of a code that somebody typed. */
export type Verdict = "right" | "wrong" | "too many" | "none pending" | "used";

/** A challenge that was started for a purpose. */
export interface Started {
  readonly challengeId: string;
  readonly isPassed: boolean;
  /** Unix seconds. */
  readonly expiresAt: number | undefined;
}

/** Codes by text message. What was sent is not kept here: Authsignal is asked for it. */
export class Codes {
  readonly #authsignal: Authsignal;

  constructor(authsignal: Authsignal) {
    this.#authsignal = authsignal;
  }

  /** Sends one code. From now on only this one counts. */
  send(purpose: Purpose, { locale, actionMessage }: Wording, call?: CallOptions): Promise<ChallengeResponse> {
    const custom = typeof actionMessage === "string" ? { actionMessage } : undefined;
    return this.#authsignal.challenge({ verificationMethod: "SMS", ...purpose, locale, custom }, call);
  }

  /** Finds the challenge that was started last. One that does not say that it has this very purpose is none. */
  async find({ userId, phoneNumber, action }: Purpose, call?: CallOptions): Promise<Started | undefined> {
    const wanted = { userId, action, verificationMethod: "SMS" } as const;
    return startedOf(await reading(this.#authsignal.getChallenge(wanted, call)), { phoneNumber, action });
  }

  /** Tries a code, which works once. */
  async check(purpose: Purpose, code: string, call: () => CallOptions | undefined): Promise<Verdict> {
    const started = await this.find(purpose, call());
    if (!started) return "none pending";
    if (started.isPassed) return "used";
    const request = { challengeId: started.challengeId, verificationCode: code };
    const { isVerified, phoneNumber, failureReason } = await this.#authsignal.verify(request, call());
    if (failureReason === "MAX_ATTEMPTS_EXCEEDED") return "too many";
    return isVerified === true && (phoneNumber ?? purpose.phoneNumber) === purpose.phoneNumber ? "right" : "wrong";
  }
}

/** A challenge by what `getChallenge` says of it. The method is there once it was passed. */
export function startedOf(
  answer: Awaited<ReturnType<Authsignal["getChallenge"]>>,
  { phoneNumber, action }: Pick<Purpose, "action"> & Partial<Purpose>,
): Started | undefined {
  const { challengeId, expiresAt, verificationMethod } = answer;
  const isOther = answer.action !== action || (phoneNumber !== undefined && answer.phoneNumber !== phoneNumber);
  if (!challengeId || isOther) return undefined;
  return { challengeId, isPassed: Boolean(verificationMethod), expiresAt };
}

/** How long until a time in Unix seconds, or 0 if it is over. */
export function secondsUntil(time: number): number {
  return Math.max(0, Math.floor(time - Date.now() / 1_000));
}
