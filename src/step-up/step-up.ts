import type { Authsignal } from "../authsignal/authsignal.ts";
import type { TrackAttributes } from "../authsignal/types.ts";
import { AuthsignalError } from "../errors.ts";
import { isEqualInConstantTime } from "../platform/constant-time.ts";
import { readOptions } from "../platform/own-options.ts";
import { parseUrl } from "../platform/parse-url.ts";
import { randomUuid } from "../platform/uuid.ts";
import type { WebhookHeaders } from "../webhook/webhook.ts";
import { cookieOf, type Ticket, ticketsIn } from "./cookie.ts";
import { memoryStore, type StepUpAttempt, type StepUpStore } from "./store.ts";

/** How people confirm one kind of action. */
export interface StepUpOptions<Data> {
  /** The client of your tenant. */
  readonly authsignal: Pick<Authsignal, "track" | "validateChallenge">;
  /** What people do, such as `withdraw`. */
  readonly action: string;
  /**
   * Where people come back to, which is where you call `finish`: absolute, without a query, and `https:` unless it is on this
   * machine. It is never taken from a request.
   */
  readonly returnUrl: string;
  /** Signs the cookie that ties an attempt to a browser: 32 random characters or more, and not the secret key. */
  readonly secret: string;
  /** Where attempts are while people confirm them. Default `memoryStore()`, which is for one process. */
  readonly store?: StepUpStore<Data> | undefined;
  /** How long people have, in milliseconds. Default 15 minutes. */
  readonly lifetime?: number | undefined;
  /**
   * What happens to an action that the service allows while the user has nothing enrolled. Authsignal answers `ALLOW` for
   * such a user, whatever the rules say: without a factor there is nothing to challenge. The response does not tell this
   * from an action that a rule allows, so the option decides about both.
   *
   * - `"enroll"`, the default, sends the user to the page to enroll a factor. The action counts once that is confirmed.
   *   This is trust on first use, and no proof of who it is: an attacker who has the password of a user without a factor
   *   enrolls a factor of their own. It proves something from the second time on.
   * - `"refuse"` refuses it as `not_enrolled`. This is for apps whose backend enrolls what it has verified, by
   *   `enrollVerifiedAuthenticator`, and for a sign-in without a password.
   * - `"allow"` carries it out at once: trust without any factor. Choose it only where a user without a factor may do this.
   */
  readonly ifNotEnrolled?: "enroll" | "refuse" | "allow" | undefined;
}

/** What somebody is about to do. */
export interface StepUpStart {
  /** Who is signed in, or has just given the right password. */
  readonly userId: string;
  /** What the rules may look at, such as `ipAddress`, `userAgent` and `custom`. */
  readonly attributes?: Omit<TrackAttributes, "idempotencyKey" | "redirectUrl" | "redirectToSettings"> | undefined;
}

/** A web `Request`, or a request of Node, Express or Fastify. */
export interface StepUpRequest {
  /** The address, whole or from its path on. */
  readonly url?: string | undefined;
  /** Among which there are the cookies. */
  readonly headers: WebhookHeaders;
}

/**
 * Why something is not carried out.
 *
 * - `blocked`: the rules forbid it, or say something that is not known yet.
 * - `review`: the rules want somebody of yours to look at it first.
 * - `not_confirmed`: the challenge was not passed. Whoever goes back to it can still pass it.
 * - `not_enrolled`: the user has nothing enrolled to confirm it with, and `ifNotEnrolled` refuses that, or the user came back
 *   without having enrolled anything.
 * - `over`: there is no such attempt of this person in this browser. It took too long, was carried out already, or the token
 *   is of another one.
 */
export type StepUpRefusal = "blocked" | "review" | "not_confirmed" | "not_enrolled" | "over";

/** Either `attempt`, which is to be carried out now, or `response`, which is the answer to the browser. */
export type StepUpResult<Data> =
  | {
      /** What is to be carried out now. */
      readonly attempt: StepUpAttempt<Data>;
      readonly response?: undefined;
      readonly refused?: undefined;
    }
  | {
      readonly attempt?: undefined;
      /** A redirect or, where something is refused, a 403 with a sentence that you may replace by a page of your own. */
      readonly response: Response;
      /** Why it is refused; undefined where it is not. */
      readonly refused?: StepUpRefusal | undefined;
    };

/** Lets people confirm an action before it is carried out. It rejects when the service cannot be asked. */
export interface StepUp<Data> {
  /**
   * Asks what to do about an action: carry it out, refuse it, or send the person to the challenge or to enroll.
   * @param data What to carry out. It stays on your side, so that what was confirmed is what is carried out.
   * @throws AuthsignalError when the service cannot be asked, so that no action gets past it; with `invalid_response` when the
   * response is about another attempt, or leads to an address that is neither http nor https.
   */
  begin(start: StepUpStart, data: Data): Promise<StepUpResult<Data>>;
  /**
   * Answers at `returnUrl`. First the token goes from the address into the cookie; then, without one in the address, it is
   * validated, for this person, action and attempt, and the attempt is given once.
   * @param userId Who is signed in now. When nobody is, nothing is carried out.
   * @throws AuthsignalError when the service cannot be asked. To load the page again is to try again.
   */
  finish(request: StepUpRequest, userId: string | null | undefined): Promise<StepUpResult<Data>>;
  /** The same where nobody can be signed in yet, because this is the sign-in: `attempt.userId` may be, now. */
  finishSignIn(request: StepUpRequest): Promise<StepUpResult<Data>>;
}

const WORDS: Readonly<Record<StepUpRefusal, string>> = {
  blocked: "This is not allowed.",
  review: "Somebody has to look at this first.",
  not_confirmed: "This was not confirmed.",
  not_enrolled: "This needs a confirmation, and no way to confirm was set up.",
  over: "This is over: it was finished already, or took too long. Look whether it was done before you begin again.",
};

const IF_NOT_ENROLLED: readonly unknown[] = ["enroll", "refuse", "allow"];

const ADDRESS = /^(https:\/\/|http:\/\/(\[::1\]|127\.\d+\.\d+\.\d+|localhost)[:/])[^?#;@\s]*$/;

const OPTIONS = {
  authsignal: true,
  action: true,
  returnUrl: true,
  secret: true,
  store: true,
  lifetime: true,
  ifNotEnrolled: true,
} satisfies Record<keyof StepUpOptions<unknown>, true>;

/** Reads the options as own properties, and refuses unknown ones, such as a misspelt `ifNotEnrolled`, and missing ones. */
function requireOptions<Data>(given: StepUpOptions<Data>): StepUpOptions<Data> {
  const options = readOptions(given, OPTIONS, refuse);
  const { authsignal, action, returnUrl, secret } = options;
  if (!authsignal) return refuse("authsignal is missing: pass the client of your tenant");
  if (!action || typeof action !== "string") return refuse("action is missing: pass the code of the action");
  if (typeof returnUrl !== "string") return refuse("returnUrl is missing: pass the address at which you call finish");
  if (typeof secret !== "string") return refuse("secret is missing: pass 32 random characters or more");
  return Object.assign(options, { authsignal, action, returnUrl, secret });
}

/** @throws AuthsignalError `invalid_argument` when an option cannot be used. */
export function createStepUp<Data = void>(options: StepUpOptions<Data>): StepUp<Data> {
  const {
    authsignal,
    action,
    returnUrl,
    secret,
    store = memoryStore<Data>(),
    lifetime = 15 * 60_000,
    ifNotEnrolled = "enroll",
  } = requireOptions(options);
  if (!parseUrl(returnUrl) || !ADDRESS.test(returnUrl)) {
    refuse("returnUrl must be like https://host/path, without credentials or query");
  }
  if (secret.length < 32) refuse("secret must have 32 characters or more");
  if (!IF_NOT_ENROLLED.includes(ifNotEnrolled)) refuse('ifNotEnrolled must be "enroll", "refuse" or "allow"');
  const { pathname, protocol } = new URL(returnUrl);

  function redirect(location: string, ticket?: Ticket, token?: string): StepUpResult<Data> {
    const headers = headersOf({ location });
    if (ticket) {
      const seconds = Math.ceil((ticket.expiresAt - Date.now()) / 1000);
      const limits = `Max-Age=${seconds}; Path=${pathname}; HttpOnly; SameSite=Lax`;
      const secure = protocol === "https:" ? "; Secure" : "";
      headers.append("set-cookie", `${cookieOf(secret, ticket, token)}; ${limits}${secure}`);
    }
    return { response: new Response(null, { status: 303, headers }) };
  }

  async function finish(
    { url, headers }: StepUpRequest,
    isTheirs: (ticket: Ticket) => boolean,
  ): Promise<StepUpResult<Data>> {
    const ticket = ticketsIn(headers, secret).find(
      (one) => one.action === action && one.expiresAt > Date.now() && isTheirs(one),
    );
    const token = new URLSearchParams(url?.split("?")[1]).get("token");
    if (token !== null) return redirect(returnUrl, ticket, token);
    if (!ticket) return refusal("over");
    const { userId, idempotencyKey } = ticket;
    if (!ticket.token) return refusal("not_confirmed");
    const answer = await authsignal.validateChallenge({ token: ticket.token, userId, action });
    const isSameAttempt = isEqualInConstantTime(idempotencyKey, answer.idempotencyKey ?? "");
    const isAsked = answer.userId === userId && answer.action === action && isSameAttempt;
    const isPassed = answer.state === undefined || answer.state === "CHALLENGE_SUCCEEDED";
    if (answer.isValid && isAsked && isPassed) {
      const attempt = await store.take(idempotencyKey);
      return attempt ? { attempt } : refusal("over");
    }
    if (isAsked && answer.state === "ALLOW") return refusal("not_enrolled"); // the enrollment was skipped
    return refusal(isPassed ? "over" : "not_confirmed");
  }

  return {
    async begin({ userId, attributes }, data) {
      const idempotencyKey = randomUuid();
      const asked = { ...attributes, redirectUrl: returnUrl, idempotencyKey };
      const response = await authsignal.track({ userId, action, attributes: asked });
      const { state, isEnrolled } = response;
      if (response.idempotencyKey !== idempotencyKey) mistrust("it names another idempotencyKey than the one sent");
      const attempt = { userId, action, idempotencyKey, data };
      if (state === "ALLOW" && (isEnrolled || ifNotEnrolled === "allow")) return { attempt };
      if (state === "ALLOW" && ifNotEnrolled === "refuse") return refusal("not_enrolled");
      if (state !== "ALLOW" && state !== "CHALLENGE_REQUIRED") {
        return refusal(state === "REVIEW_REQUIRED" ? "review" : "blocked");
      }
      const url = pageOf(response.url);
      const expiresAt = Date.now() + lifetime;
      await store.put(attempt, new Date(expiresAt));
      return redirect(url, { idempotencyKey, userId, action, expiresAt });
    },

    finish: (request, userId) => finish(request, (ticket) => ticket.userId === userId),
    finishSignIn: (request) => finish(request, () => true),
  };
}

function refusal(refused: StepUpRefusal): StepUpResult<never> {
  return { refused, response: new Response(WORDS[refused], { status: 403, headers: headersOf({}) }) };
}

/** No answer is kept anywhere, and no page learns of an address that may hold a token. */
function headersOf(more: Record<string, string>): Headers {
  return new Headers({ "cache-control": "no-store", "referrer-policy": "no-referrer", ...more });
}

/** The address of a page, as it goes into a header. */
function pageOf(url: string): string {
  const { protocol, href } = parseUrl(url) ?? { protocol: "", href: "" };
  return /^https?:$/.test(protocol) ? href : mistrust("its url is not an address with http(s)");
}

/** @throws AuthsignalError for a response of `track` that cannot be that of the service. */
function mistrust(problem: string): never {
  const description = `The response of track cannot be trusted: ${problem}. Look at apiUrl, and at what stands before the API, such as a proxy or a cache.`;
  throw new AuthsignalError(undefined, "invalid_response", description, { attempts: 1, mayHaveBeenProcessed: true });
}

function refuse(message: string): never {
  throw new AuthsignalError(undefined, "invalid_argument", message);
}
