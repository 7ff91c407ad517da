/**
 * Amazon Cognito: the three triggers of a sign-in by custom challenge, which Authsignal decides and the person confirms. Copy it,
 * make a Lambda function of each, and call `triggers` with a client that is made once:
 * `export const { defineAuthChallenge, createAuthChallenge, verifyAuthChallengeResponse } = triggers(new Authsignal({ … }))`.
 *
 * The app begins with `InitiateAuth` (CUSTOM_AUTH), sends the person to the parameter `url` if it is not empty, and answers with
 * the `token` that comes back, or with any text where there was nothing to confirm. What a trigger throws ends the sign-in, so
 * nobody gets in while Authsignal cannot be asked.
 */
import { type Authsignal, UserActionState } from "authsignal-ts";

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

  /** Asks what to do about this sign-in. For somebody whom there is not, everything looks the same, and nothing is asked. */
  async function createAuthChallenge<Event extends CreateEvent>(event: Event): Promise<Event> {
    const { userAttributes, userNotFound } = event.request;
    const idempotencyKey = crypto.randomUUID();
    const { sub: userId, email } = userAttributes;
    const asked = userId && !userNotFound;
    const { state, url } = asked
      ? await authsignal.track({ userId, action: ACTION, attributes: { idempotencyKey, email } })
      : { state: undefined, url: "" };
    event.response.publicChallengeParameters = { url: state === UserActionState.CHALLENGE_REQUIRED ? url : "" };
    event.response.privateChallengeParameters = { idempotencyKey, state: state ?? "" };
    return event;
  }

  /** Right is a token of this person, for this action and this very sign-in; or anything, where the rules said ALLOW. */
  async function verifyAuthChallengeResponse<Event extends VerifyEvent>(event: Event): Promise<Event> {
    const { userAttributes, privateChallengeParameters, challengeAnswer: token } = event.request;
    const { idempotencyKey, state } = privateChallengeParameters;
    event.response.answerCorrect = state === UserActionState.ALLOW;
    if (state === UserActionState.CHALLENGE_REQUIRED && userAttributes.sub && token) {
      const userId = userAttributes.sub;
      const answer = await authsignal.validateChallenge({ token, userId, action: ACTION });
      const isTheirs = answer.userId === userId && answer.action === ACTION;
      event.response.answerCorrect = answer.isValid && isTheirs && answer.idempotencyKey === idempotencyKey;
    }
    return event;
  }

  return { defineAuthChallenge, createAuthChallenge, verifyAuthChallengeResponse };
}
