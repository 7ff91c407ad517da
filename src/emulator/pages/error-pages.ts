import { findLink } from "../domain/step-up.ts";
import type { HttpError } from "../http/errors.ts";
import type { FormFields } from "../http/form.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { contactScreen, enrollScreen } from "./enrollment-screens.ts";
import { type Problem, pageOf } from "./layout.ts";
import { textsOf } from "./method-texts.ts";
import { challengeOf, mayEnroll, type HonoContext, type PageContext } from "./page-context.ts";
import type { Opener } from "./popup.ts";
import { enterScreen, linkScreen } from "./challenge-screens.ts";
import { startScreen } from "./start-screen.ts";
import { closeButton } from "./navigation.ts";

type Answer = Response | Promise<Response>;

const MINUTE = 60_000;
/** What a webhook answers that does not agree. */
const BLOCKED = "verification_blocked";

/** The token of a page is worth nothing. */
export function tokenErrorPage(context: HonoContext, reason: "invalid" | "expired"): Answer {
  return reason === "expired"
    ? problem(context, 410, "This page has expired", {
        words: "It took too long. Go back to the app and start again.",
        code: "expired_token",
        status: 401,
      })
    : problem(context, 400, "This link is not valid", {
        words:
          "Its token is missing, incomplete or of another emulator, or its action is gone. Go back to the app and start again.",
        code: "unauthorized",
        status: 401,
      });
}

/** The link of a message leads nowhere. */
export function deadLinkPage(context: HonoContext): Answer {
  const words = "It was used, it has expired, or it was never valid. Go back to the app and start again.";
  return problem(context, 410, "This link does not work any more", { words });
}

/** Somebody has loaded again what a form had led to. */
export function notFoundPage(context: HonoContext): Answer {
  return problem(context, 404, "There is no such page", { words: "Go back to the app and start again." });
}

/** The body is not that of a form. */
export function notAFormPage(context: HonoContext): Answer {
  const words = "Only forms of the type application/x-www-form-urlencoded are read here.";
  return problem(context, 415, "Not a form", { words });
}

/** Somebody does not belong here. */
export function forbiddenPage(context: HonoContext, words: string): Answer {
  return problem(context, 403, "Not here", { words });
}

/** Nobody may be told how the page in a popup ends. */
export function unknownOpenerPage(context: HonoContext, { origin }: Opener): Answer {
  const words =
    origin === undefined
      ? "The emulator cannot tell which page has opened this popup. Track the action with a redirectUrl of that page, or let the page send a Referer: Referrer-Policy must not be no-referrer."
      : `This popup was opened by ${origin}, which the emulator tells nothing unless you add ${origin} to allowedRedirects (--allow-redirect).`;
  return problem(context, 403, "Not in this popup", { words });
}

/** The service errorPage something. It can be tried again, or in another way. */
export function errorPage(context: HonoContext, page: PageContext, fields: FormFields, refusal: HttpError): Answer {
  const { code, status, headers } = refusal;
  const problem = { words: wordsFor(refusal), code, status };
  const challenge = challengeOf(page, fields.challenge);
  const { method = "" } = fields;
  const contact = textsOf(method).contact;
  const isAboutContact = contact !== undefined && fields[contact] !== undefined && status !== 403;
  const screenOf = () => {
    if (challenge && code === BLOCKED) return enterScreen(page, challenge, { problem });
    if (isAboutContact) return contactScreen(page, method, { [contact]: fields[contact] }, problem);
    return method !== "" && mayEnroll(page) ? enrollScreen(page, problem) : startScreen(page, problem);
  };
  return context.html(screenOf(), statusOf(status), headers);
}

/** The answer to the link of a message was errorPage. */
export function linkErrorPage(context: HonoContext, tenant: Tenant, key: string, refusal: HttpError): Answer {
  const { code, status } = refusal;
  const link = findLink(tenant, key);
  if (!link || code !== BLOCKED) return deadLinkPage(context);
  return context.html(linkScreen(tenant, key, link, { words: wordsFor(refusal) }), statusOf(status));
}

function wordsFor({ code, status, message, retryAfter = MINUTE }: HttpError): string {
  if (status === 429) {
    const minutes = Math.ceil(retryAfter / MINUTE);
    return `Too many messages were sent. Wait ${minutes === 1 ? "a minute" : `${minutes} minutes`}, or choose another way.`;
  }
  if (code === BLOCKED) return "The app did not confirm this. Try again.";
  return status === 502 ? "The message could not be delivered. Choose another way." : message;
}

/** The statuses that pages have; others are 400. */
const STATUSES = [403, 404, 409, 413, 429, 502] as const;

function statusOf(status: number): (typeof STATUSES)[number] | 400 {
  return STATUSES.find((one) => one === status) ?? 400;
}

function problem(context: HonoContext, status: 400 | 403 | 404 | 410 | 415, heading: string, problem: Problem): Answer {
  const app = context.get("app");
  return context.html(pageOf({ screen: "problem", heading, problem, app, content: closeButton(app) }), status);
}
