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
  /** What `track` gives differently from a challenge of an enrolled user. */
  track?: Partial<TrackResponse>;
  /** What `validateChallenge` gives differently from what fits. */
  answer?: Partial<ValidateChallengeResponse>;
}

/** A service whose challenges all users pass, unless told otherwise, and the requests that it got. */
export function service({ track = {}, answer }: Service = {}) {
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
      return { isValid: true, state, userId, action, idempotencyKey: idempotencyKey(), ...answer };
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
