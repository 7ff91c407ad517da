import { findLink } from "../domain/links.ts";
import type { HttpError } from "../http/errors.ts";
import type { FormFields } from "../http/form.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { enterScreen, linkScreen } from "./challenge-screens.ts";
import { contactScreen, enrollScreen } from "./enrollment-screens.ts";
import { type Html, type Problem, pageOf } from "./layout.ts";
import { textsOf } from "./method-texts.ts";
import { closeButton } from "./navigation.ts";
import { challengeOf, type HonoContext, mayEnroll, type PageContext, type TokenProblem } from "./page-context.ts";
import type { Opener } from "./popup.ts";
import { startScreen } from "./start-screen.ts";

type PageResponse = Response | Promise<Response>;

const MINUTE = 60_000;
/** Error code when the webhook `action.verify` does not approve. */
const BLOCKED = "verification_blocked";

/** Responds to a token that cannot be used. */
export function tokenErrorPage(context: HonoContext, problem: TokenProblem): PageResponse {
  return problem === "expired"
    ? errorPage(context, 410, "This page has expired", {
        text: "This took too long. Go back to the app and start again.",
        code: "expired_token",
        status: 401,
      })
    : errorPage(context, 400, "This link is not valid", {
        text: "Its token is missing, incomplete or from another emulator, or its action no longer exists. Go back to the app and start again.",
        code: "unauthorized",
        status: 401,
      });
}

/** Responds to the link of a message that is unknown, used or expired. */
export function deadLinkPage(context: HonoContext): PageResponse {
  const text = "It was used, it has expired, or it was never valid. Go back to the app and start again.";
  return errorPage(context, 410, "This link no longer works", { text });
}

/** Responds to an unknown path. A user gets there by reloading a page that a form has led to. */
export function notFoundPage(context: HonoContext): PageResponse {
  return errorPage(context, 404, "Page not found", { text: "Go back to the app and start again." });
}

/** Responds to a body that is not a form. */
export function notAFormPage(context: HonoContext): PageResponse {
  const text = "Send a form of the type application/x-www-form-urlencoded.";
  return errorPage(context, 415, "Not a form", { text });
}

/** Responds to a request from another host or site. */
export function forbiddenPage(context: HonoContext, text: string): PageResponse {
  return errorPage(context, 403, "Not allowed", { text });
}

/** Responds in a popup whose opener may not open challenge pages. */
export function unknownOpenerPage(context: HonoContext, { origin }: Opener): PageResponse {
  const text =
    origin === undefined
      ? "The emulator cannot find out which page has opened this popup. Track the action with a redirectUrl of that page, or let the page send a Referer: its Referrer-Policy must not be no-referrer."
      : `The page that opened this popup is at ${origin}, which is not allowed. To allow it, add ${origin} to allowedRedirects (--allow-redirect).`;
  return errorPage(context, 403, "This popup is not allowed", { text });
}

/** Responds to a form that failed: with the same page and the reason, or with a page on which the user can continue. */
export function formErrorPage(
  context: HonoContext,
  page: PageContext,
  fields: FormFields,
  error: HttpError,
): PageResponse {
  const { code, status, headers } = error;
  const screen = screenAfterError(page, fields, error, { text: textOf(error), code, status });
  return context.html(screen, statusOf(status), headers);
}

function screenAfterError(page: PageContext, fields: FormFields, { code, status }: HttpError, problem: Problem): Html {
  const challenge = challengeOf(page, fields.challenge);
  if (challenge && code === BLOCKED) return enterScreen(page, challenge, { problem });
  const { method = "" } = fields;
  const { contact } = textsOf(method);
  const isAboutContact = contact !== undefined && fields[contact] !== undefined && status !== 403;
  if (isAboutContact) return contactScreen(page, method, { [contact]: fields[contact] }, problem);
  return method !== "" && mayEnroll(page) ? enrollScreen(page, problem) : startScreen(page, problem);
}

/** Responds to a failed confirmation by the link of a message. */
export function linkErrorPage(context: HonoContext, tenant: Tenant, key: string, error: HttpError): PageResponse {
  const link = findLink(tenant, key);
  if (!link || error.code !== BLOCKED) return deadLinkPage(context);
  return context.html(linkScreen(tenant, key, link, { text: textOf(error) }), statusOf(error.status));
}

function textOf({ code, status, message, retryAfter = MINUTE }: HttpError): string {
  if (status === 429) {
    const minutes = Math.ceil(retryAfter / MINUTE);
    return `Too many messages were sent. Wait ${minutes === 1 ? "a minute" : `${minutes} minutes`}, or use another method.`;
  }
  if (code === BLOCKED) return "The app did not confirm this. Try again.";
  return status === 502 ? "The message could not be delivered. Use another method." : message;
}

/** The statuses that error pages may have. Any other status becomes 400. */
const STATUSES = [403, 404, 409, 413, 429, 502] as const;

function statusOf(status: number): (typeof STATUSES)[number] | 400 {
  return STATUSES.find((one) => one === status) ?? 400;
}

function errorPage(
  context: HonoContext,
  status: 400 | 403 | 404 | 410 | 415,
  heading: string,
  problem: Problem,
): PageResponse {
  const appOrigin = context.get("appOrigin");
  return context.html(
    pageOf({ screen: "problem", heading, problem, appOrigin, content: closeButton(appOrigin) }),
    status,
  );
}
