import type { Authsignal } from "../../../authsignal/authsignal.ts";
import type { ChallengeResponse } from "../../../authsignal/types.ts";
import type { CallOptions } from "../../../http/options.ts";
import { readOnly } from "./operation.ts";

/** The user, the phone number and the action of a code. A code is valid for nothing else. */
export interface CodePurpose {
  readonly userId: string;
  readonly phoneNumber: string;
  readonly action: string;
}

/** The texts of a message with a code. */
export interface MessageOptions {
  readonly locale?: string | undefined;
  readonly actionMessage?: string | undefined;
}

/** The result of checking a code that a user entered. */
export type CodeCheck = "right" | "wrong" | "too many" | "none pending" | "used";

/** A challenge that was started for a purpose. */
export interface StartedChallenge {
  readonly challengeId: string;
  readonly isPassed: boolean;
  /** In Unix seconds. */
  readonly expiresAt: number | undefined;
}

/** Sends and checks codes by text message. It keeps no state: Authsignal returns the challenge of each code. */
export class SmsCodes {
  readonly #authsignal: Authsignal;

  constructor(authsignal: Authsignal) {
    this.#authsignal = authsignal;
  }

  /** Sends a code, which replaces earlier codes of the same purpose. */
  send(
    purpose: CodePurpose,
    { locale, actionMessage }: MessageOptions,
    call?: CallOptions,
  ): Promise<ChallengeResponse> {
    const custom = typeof actionMessage === "string" ? { actionMessage } : undefined;
    return this.#authsignal.challenge({ verificationMethod: "SMS", ...purpose, locale, custom }, call);
  }

  /** Finds the newest challenge of a purpose; undefined when Authsignal returns no challenge, or a challenge of another purpose. */
  async find({ userId, phoneNumber, action }: CodePurpose, call?: CallOptions): Promise<StartedChallenge | undefined> {
    const wanted = { userId, action, verificationMethod: "SMS" } as const;
    return startedChallenge(await readOnly(this.#authsignal.getChallenge(wanted, call)), { phoneNumber, action });
  }

  /** Checks a code. A right code is used up. */
  async check(purpose: CodePurpose, code: string, call: () => CallOptions | undefined): Promise<CodeCheck> {
    const started = await this.find(purpose, call());
    if (!started) return "none pending";
    if (started.isPassed) return "used";
    const request = { challengeId: started.challengeId, verificationCode: code };
    const { isVerified, phoneNumber, failureReason } = await this.#authsignal.verify(request, call());
    if (failureReason === "MAX_ATTEMPTS_EXCEEDED") return "too many";
    return isVerified === true && (phoneNumber ?? purpose.phoneNumber) === purpose.phoneNumber ? "right" : "wrong";
  }
}

/** Returns the challenge of a response of `getChallenge`; undefined when its purpose is another one. */
export function startedChallenge(
  response: Awaited<ReturnType<Authsignal["getChallenge"]>>,
  { phoneNumber, action }: Pick<CodePurpose, "action"> & Partial<CodePurpose>,
): StartedChallenge | undefined {
  const { challengeId, expiresAt, verificationMethod } = response;
  const isOther = response.action !== action || (phoneNumber !== undefined && response.phoneNumber !== phoneNumber);
  if (!challengeId || isOther) return undefined;
  // Authsignal returns the method only once the challenge was passed.
  return { challengeId, isPassed: Boolean(verificationMethod), expiresAt };
}

/** Returns the seconds until a time in Unix seconds; 0 if it is past. */
export function secondsUntil(time: number): number {
  return Math.max(0, Math.floor(time - Date.now() / 1_000));
}
