import type { TrackAttributes } from "../authsignal/types.ts";
import { AuthsignalError } from "../errors.ts";
import { isEqualInConstantTime } from "../platform/constant-time.ts";
import { parseUrl } from "../platform/parse-url.ts";
import { randomUuid } from "../platform/uuid.ts";
import type { WebhookHeaders } from "../webhook/index.ts";
import { type AttemptCookie, attemptCookie, attemptCookies, type BegunAttempt } from "./cookie.ts";
import { checkOptions, type StepUpOptions } from "./options.ts";
import type { StepUpAttempt } from "./store.ts";

/** An action that a user is about to do. */
export interface StepUpStart {
  /** The user who is signed in, or has just given the right password. */
  readonly userId: string;
  /** What the rules may look at, such as `ipAddress`, `userAgent` and `custom`. */
  readonly attributes?: Omit<TrackAttributes, "idempotencyKey" | "redirectUrl" | "redirectToSettings"> | undefined;
}

/** A web `Request`, or a request of Node, Express or Fastify. */
export interface StepUpRequest {
  /** The URL, absolute or from its path on. */
  readonly url?: string | undefined;
  /** The headers, which hold the cookies. */
  readonly headers: WebhookHeaders;
}

/**
 * Why an action is not carried out.
 *
 * - `blocked`: the rules forbid it, or the service returned a state that this package does not know.
 * - `review`: the rules want your staff to look at it first.
 * - `not_confirmed`: the challenge was not passed. The user can go back to the challenge and still pass it.
 * - `not_enrolled`: the user has no factor to confirm the action with, and `ifNotEnrolled` refuses that, or the user came back
 *   without having enrolled a factor.
 * - `over`: there is no such attempt of this user in this browser. The attempt expired, was carried out already, or the token
 *   belongs to another attempt.
 */
export type StepUpRefusal = "blocked" | "review" | "not_confirmed" | "not_enrolled" | "over";

/** Either `attempt`, which is to be carried out now, or `response`, which is to be sent to the browser. */
export type StepUpResult<Data> =
  | {
      /** The attempt to carry out now. */
      readonly attempt: StepUpAttempt<Data>;
      readonly response?: undefined;
      readonly refused?: undefined;
    }
  | {
      readonly attempt?: undefined;
      /** A redirect or, where the action is refused, a 403 with a sentence that you may replace by a page of your own. */
      readonly response: Response;
      /** Why the action is refused; undefined for a redirect. */
      readonly refused?: StepUpRefusal | undefined;
    };

/** Lets users confirm an action before it is carried out. Its methods reject when a call to the service fails. */
export interface StepUp<Data> {
  /**
   * Tracks an action, and returns its attempt, a refusal, or a redirect to the challenge or to the enrollment.
   * @param data What to carry out. The data stays in your store, so that what was confirmed is what is carried out.
   * @throws AuthsignalError when the call to the service fails, so that no action gets past it; with `invalid_response` when
   * the response is about another attempt, or leads to an address that is neither http nor https.
   */
  begin(start: StepUpStart, data: Data): Promise<StepUpResult<Data>>;
  /**
   * Handles the requests at `returnUrl`. First the token moves from the address into the cookie; then, without one in the
   * address, it is validated, for this user, action and attempt, and the attempt is returned once.
   * @param userId The user who is signed in now. Without one, nothing is carried out.
   * @throws AuthsignalError when the call to the service fails. When the user reloads the page, the call is retried.
   */
  finish(request: StepUpRequest, userId: string | null | undefined): Promise<StepUpResult<Data>>;
  /** Does what `finish` does during a sign-in, before any user is signed in: `attempt.userId` may be signed in now. */
  finishSignIn(request: StepUpRequest): Promise<StepUpResult<Data>>;
}

/** The text of each 403. */
const TEXTS: Readonly<Record<StepUpRefusal, string>> = {
  blocked: "This is not allowed.",
  review: "This has to be reviewed first.",
  not_confirmed: "This was not confirmed.",
  not_enrolled: "This needs a confirmation, and no way to confirm was set up.",
  over: "This is over: it was finished already, or took too long. Look whether it was done before you begin again.",
};

/** Creates the handler of one kind of action. @throws AuthsignalError `invalid_argument` when an option cannot be used. */
export function createStepUp<Data = void>(options: StepUpOptions<Data>): StepUp<Data> {
  const { authsignal, action, returnUrl, secret, store, lifetime, ifNotEnrolled } = checkOptions(options);
  const { pathname, protocol } = new URL(returnUrl);

  function redirect(location: string, begun?: BegunAttempt, token?: string): StepUpResult<Data> {
    const headers = headersWith({ location });
    if (begun) {
      const seconds = Math.ceil((begun.expiresAt - Date.now()) / 1000);
      const limits = `Max-Age=${seconds}; Path=${pathname}; HttpOnly; SameSite=Lax`;
      const secure = protocol === "https:" ? "; Secure" : "";
      headers.append("set-cookie", `${attemptCookie(secret, begun, token)}; ${limits}${secure}`);
    }
    return { response: new Response(null, { status: 303, headers }) };
  }

  async function finish(
    request: StepUpRequest,
    isOfUser: (cookie: AttemptCookie) => boolean,
  ): Promise<StepUpResult<Data>> {
    const cookie = attemptCookies(request, secret).find(
      (candidate) => candidate.action === action && candidate.expiresAt > Date.now() && isOfUser(candidate),
    );
    const token = new URLSearchParams(request.url?.split("?")[1]).get("token");
    if (token !== null) return redirect(returnUrl, cookie, token);
    if (!cookie) return refusal("over");
    const { userId, idempotencyKey } = cookie;
    if (!cookie.token) return refusal("not_confirmed");
    const challenge = await authsignal.validateChallenge({ token: cookie.token, userId, action });
    const isSameAttempt = isEqualInConstantTime(idempotencyKey, challenge.idempotencyKey ?? "");
    const isOfCookie = challenge.userId === userId && challenge.action === action && isSameAttempt;
    const isPassed = challenge.state === undefined || challenge.state === "CHALLENGE_SUCCEEDED";
    if (challenge.isValid && isOfCookie && isPassed) {
      const attempt = await store.take(idempotencyKey);
      return attempt ? { attempt } : refusal("over");
    }
    // The user has skipped the enrollment.
    if (isOfCookie && challenge.state === "ALLOW") return refusal("not_enrolled");
    return refusal(isPassed ? "over" : "not_confirmed");
  }

  return {
    async begin({ userId, attributes }, data) {
      const idempotencyKey = randomUuid();
      const tracked = { ...attributes, redirectUrl: returnUrl, idempotencyKey };
      const response = await authsignal.track({ userId, action, attributes: tracked });
      const { state, isEnrolled } = response;
      if (response.idempotencyKey !== idempotencyKey) mistrust("it names another idempotencyKey than the one sent");
      const attempt = { userId, action, idempotencyKey, data };
      if (state === "ALLOW" && (isEnrolled || ifNotEnrolled === "allow")) return { attempt };
      if (state === "ALLOW" && ifNotEnrolled === "refuse") return refusal("not_enrolled");
      if (state !== "ALLOW" && state !== "CHALLENGE_REQUIRED") {
        return refusal(state === "REVIEW_REQUIRED" ? "review" : "blocked");
      }
      const url = checkedUrl(response.url);
      const expiresAt = Date.now() + lifetime;
      await store.put(attempt, new Date(expiresAt));
      return redirect(url, { idempotencyKey, userId, action, expiresAt });
    },

    finish: (request, userId) => finish(request, (cookie) => cookie.userId === userId),
    finishSignIn: (request) => finish(request, () => true),
  };
}

function refusal(refused: StepUpRefusal): StepUpResult<never> {
  return { refused, response: new Response(TEXTS[refused], { status: 403, headers: headersWith({}) }) };
}

/** Creates headers. No response is cached, and the next page gets no referrer, because the URL may hold a token. */
function headersWith(more: Record<string, string>): Headers {
  return new Headers({ "cache-control": "no-store", "referrer-policy": "no-referrer", ...more });
}

/** Returns the URL of the challenge page, escaped for a header. @throws AuthsignalError for any other scheme than http(s). */
function checkedUrl(url: string): string {
  const { protocol, href } = parseUrl(url) ?? { protocol: "", href: "" };
  return /^https?:$/.test(protocol) ? href : mistrust("its url is not an address with http(s)");
}

/** @throws AuthsignalError for a response of `track` that cannot be that of the service. */
function mistrust(problem: string): never {
  const description = `The response of track cannot be trusted: ${problem}. Look at apiUrl, and at what stands before the API, such as a proxy or a cache.`;
  throw new AuthsignalError(undefined, "invalid_response", description, { attempts: 1, mayHaveBeenProcessed: true });
}
