import type {
  TrackRequest,
  TrackResponse,
  ValidateChallengeRequest,
  ValidateChallengeResponse,
} from "../../src/index.ts";
import { createStepUp, type StepUpOptions } from "../../src/step-up/index.ts";

export const returnUrl = "https://app.example.com/withdraw/return";
export const secret = "a secret that is long enough for it";
export const userId = "anna|ä; x=1";
export const action = "withdraw";

export interface Service {
  /** Fields of `track` that differ from a challenge of an enrolled user. */
  track?: Partial<TrackResponse>;
  /** Fields of `validateChallenge` that differ from a passed challenge of the last attempt. */
  validation?: Partial<ValidateChallengeResponse>;
}

/** A fake service whose challenges are passed, with the requests that it received. */
export function service({ track = {}, validation }: Service = {}) {
  const tracked: TrackRequest[] = [];
  const validated: ValidateChallengeRequest[] = [];
  const idempotencyKey = () => tracked.at(-1)?.attributes?.idempotencyKey ?? "";
  return {
    tracked,
    validated,
    async track(request: TrackRequest): Promise<TrackResponse> {
      tracked.push(request);
      const state = "CHALLENGE_REQUIRED";
      const url = "https://mfa.example.com/?token=t";
      return { state, url, token: "t", isEnrolled: true, idempotencyKey: idempotencyKey(), ...track };
    },
    async validateChallenge(request: ValidateChallengeRequest): Promise<ValidateChallengeResponse> {
      validated.push(request);
      const state = "CHALLENGE_SUCCEEDED";
      return { isValid: true, state, userId, action, idempotencyKey: idempotencyKey(), ...validation };
    },
  };
}

export function stepUpAt(authsignal = service(), options: Partial<StepUpOptions<number>> = {}) {
  return createStepUp<number>({ authsignal, action, returnUrl, secret, ...options });
}

/** The cookie that a response sets, as a browser sends it, and its attributes. */
export function cookieOf(response?: Response): [cookie: string, attributes: string[]] {
  const [cookie = "", ...attributes] = (response?.headers.get("set-cookie") ?? "").split("; ");
  return [cookie, attributes];
}
