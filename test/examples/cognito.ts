/**
 * Amazon Cognito: the three triggers of a sign-in by custom challenge, which the user passes at Authsignal. Copy it,
 * make a Lambda function of each, and call `triggers` with a client that is made once:
 * `export const { defineAuthChallenge, createAuthChallenge, verifyAuthChallengeResponse } = triggers(new Authsignal({ … }))`.
 *
 * CUSTOM_AUTH takes no password, so the challenge is the only factor: whatever the rules say, only a challenge that was passed
 * gives tokens. ALLOW lets no one in, be it by a rule or because the user has nothing enrolled. Give the action
 * `cognito-sign-in` the outcome CHALLENGE, and have your backend enroll what you have verified, under the user's `sub`: for
 * instance, after Cognito has confirmed an address, `enrollVerifiedAuthenticator({ userId: sub, attributes: { verificationMethod:
 * "EMAIL_OTP", email } })`. A factor that users enroll themselves would let in every person who knows a name: offer no
 * self-enrollment for these users, in other actions either.
 *
 * The app begins with `InitiateAuth` (CUSTOM_AUTH), sends the user to the parameter `url`, and answers with the `token` that
 * comes back. Where `url` is empty, any answer fails; the response does not tell whether the user does not exist, has nothing
 * enrolled, or is refused by the rules. An enrolled user can be told from these. What a trigger throws ends the sign-in, so no one
 * gets in while Authsignal cannot be asked.
 */
import { type Authsignal, type TrackResponse, UserActionState } from "authsignal-ts";

const ACTION = "cognito-sign-in";

interface User {
  readonly userAttributes: Readonly<Record<string, string>>;
  readonly userNotFound?: boolean;
}

interface DefineEvent {
  readonly request: User & {
    readonly session: readonly { readonly challengeName: string; readonly challengeResult: boolean }[];
  };
  readonly response: { challengeName?: string; issueTokens?: boolean; failAuthentication?: boolean };
}

interface CreateEvent {
  readonly request: User;
  readonly response: {
    publicChallengeParameters?: Record<string, string>;
    privateChallengeParameters?: Record<string, string>;
  };
}

interface VerifyEvent {
  readonly request: User & {
    readonly privateChallengeParameters: Readonly<Record<string, string>>;
    readonly challengeAnswer: string;
  };
  readonly response: { answerCorrect?: boolean };
}

export function triggers(authsignal: Pick<Authsignal, "track" | "validateChallenge">) {
  /** One challenge; tokens for whom it was answered right, and nothing else. */
  async function defineAuthChallenge<Event extends DefineEvent>(event: Event): Promise<Event> {
    const { session, userNotFound } = event.request;
    const [first, ...more] = session;
    const isRight = first?.challengeName === "CUSTOM_CHALLENGE" && first.challengeResult && more.length === 0;
    event.response.issueTokens = isRight && !userNotFound;
    event.response.failAuthentication = first !== undefined && !event.response.issueTokens;
    if (first === undefined) event.response.challengeName = "CUSTOM_CHALLENGE";
    return event;
  }

  /** Gives the challenge of an enrolled user. For every other user the response is the same, and no answer is right. */
  async function createAuthChallenge<Event extends CreateEvent>(event: Event): Promise<Event> {
    const { userAttributes, userNotFound } = event.request;
    const { sub: userId } = userAttributes;
    const challenge = userId && !userNotFound ? await challengeOf(userId) : undefined;
    event.response.publicChallengeParameters = { url: challenge?.url ?? "" };
    event.response.privateChallengeParameters = { idempotencyKey: challenge?.idempotencyKey ?? "" };
    return event;
  }

  async function challengeOf(userId: string): Promise<TrackResponse | undefined> {
    const idempotencyKey = crypto.randomUUID();
    const tracked = await authsignal.track({ userId, action: ACTION, attributes: { idempotencyKey } });
    const { state, isEnrolled } = tracked;
    const isChallenged = state === UserActionState.CHALLENGE_REQUIRED && isEnrolled;
    return isChallenged && tracked.idempotencyKey === idempotencyKey ? tracked : undefined;
  }

  /** Right is a token of a challenge that this user has passed, for this action and this very sign-in. */
  async function verifyAuthChallengeResponse<Event extends VerifyEvent>(event: Event): Promise<Event> {
    const { userAttributes, privateChallengeParameters, challengeAnswer: token } = event.request;
    const { idempotencyKey } = privateChallengeParameters;
    const { sub: userId } = userAttributes;
    event.response.answerCorrect = false;
    if (idempotencyKey && userId && token) {
      const answer = await authsignal.validateChallenge({ token, userId, action: ACTION });
      const isPassed = answer.isValid && answer.state === UserActionState.CHALLENGE_SUCCEEDED;
      const isTheirs = answer.userId === userId && answer.action === ACTION;
      event.response.answerCorrect = isPassed && isTheirs && answer.idempotencyKey === idempotencyKey;
    }
    return event;
  }

  return { defineAuthChallenge, createAuthChallenge, verifyAuthChallengeResponse };
}
