import { type Context, Hono } from "hono";
import { answerLink, choicesOf, enterCode, linkOf, simulate, startChallenge, wayBack } from "../operations/step-up.ts";
import { basePathOf } from "../origin.ts";
import { Refusal } from "../service/refusal.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { CANCELLED, endScreen } from "./endings.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import { guard } from "./guard.ts";
import { deadLink, noForm, refused, unusable } from "./refusals.ts";
import { chooseScreen, enterScreen, linkScreen } from "./screens.ts";
import { addressOf, challengeOf, readTicket, type Ticket, tenantWithId } from "./ticket.ts";

type Answer = Response | Promise<Response>;

const UNKNOWN_CHALLENGE = "There is no such challenge. Choose once more how to confirm.";
const NOT_ANSWERED = "It is not confirmed yet.";
const WRONG_CODE = "This code is wrong or has expired.";
const TOO_MANY_CODES = "Too many codes were tried.";

/**
 * Serves the pages on which people confirm actions. They need no JavaScript. A GET changes nothing and sends nothing.
 * @param allowedHosts Hosts, beside those of this machine, under which the pages are reached.
 */
export function mountPages(app: Hono, tenants: Tenants, allowedHosts: readonly string[]): void {
  const pages = new Hono();
  pages.use(guard(allowedHosts));
  mountStepUp(pages, tenants);
  mountLink(pages, tenants);
  app.route("/challenge", pages);
}

/** The pages of whoever comes with the token of an action. */
function mountStepUp(pages: Hono, tenants: Tenants): void {
  const read = ({ req }: Context, token = "") => readTicket(tenants, token, new URL(req.url).searchParams);

  const onGet = (path: string, show: (context: Context, ticket: Ticket) => Answer) =>
    pages.get(path, (context) => {
      const ticket = read(context, context.req.query("token"));
      return typeof ticket === "string" ? unusable(context, ticket) : show(context, ticket);
    });

  const onPost = (path: string, act: (context: Context, ticket: Ticket, fields: Fields) => Answer) =>
    pages.post(path, async (context) => {
      const fields = await fieldsOf(context.req);
      if (!fields) return noForm(context);
      const ticket = read(context, fields.token);
      if (typeof ticket === "string") return unusable(context, ticket);
      if (!isWaiting(ticket)) return toStart(context, ticket);
      try {
        return await act(context, ticket, fields);
      } catch (error) {
        if (error instanceof Refusal) return refused(context, ticket, error);
        throw error;
      }
    });

  /** Back to the app if the action was confirmed and the way is open, and otherwise to the page that tells how it is. */
  const goOn = (context: Context, { token }: Ticket): Answer => {
    const ticket = read(context, token);
    if (typeof ticket === "string") return unusable(context, ticket);
    const { action } = ticket.stepUp;
    const { url, isAllowed } = wayBack(ticket.tenant, action);
    const isOpen = action.state === "CHALLENGE_SUCCEEDED" && isAllowed;
    return isOpen && url !== undefined ? context.redirect(url, 303) : toStart(context, ticket);
  };

  onGet("/", (context, ticket) =>
    context.html(isWaiting(ticket) ? chooseScreen(ticket) : endScreen(ticket.tenant, ticket.stepUp.action)),
  );

  onGet("/enter", (context, ticket) => {
    if (!isWaiting(ticket)) return goOn(context, ticket);
    const { challenge: challengeId, answered } = context.req.query();
    const challenge = challengeOf(ticket, challengeId);
    if (!challenge) return context.html(chooseScreen(ticket, UNKNOWN_CHALLENGE), 400);
    return context.html(enterScreen(ticket, challenge, answered === undefined ? undefined : NOT_ANSWERED));
  });

  onPost("/start", async (context, ticket, { method = "" }) => {
    const { tenant, stepUp } = ticket;
    const isOffered = choicesOf(tenant, stepUp).some(({ verificationMethod }) => verificationMethod === method);
    if (!isOffered) return context.html(chooseScreen(ticket, "This way is not open to you. Choose another."), 400);
    const { challengeId } = await startChallenge(tenant, stepUp, method);
    return context.redirect(addressOf(ticket, "/enter", { challenge: challengeId }), 303);
  });

  onPost("/enter", async (context, ticket, fields) => {
    const challenge = challengeOf(ticket, fields.challenge);
    if (!challenge) return context.html(chooseScreen(ticket, UNKNOWN_CHALLENGE), 400);
    const code = (fields.code ?? "").replaceAll(/\s/g, "");
    const result = await enterCode(ticket.tenant, ticket.stepUp, challenge.challengeId, code);
    if (result === "VERIFIED") return goOn(context, ticket);
    if (result === "CODE_INVALID_OR_EXPIRED") return context.html(enterScreen(ticket, challenge, WRONG_CODE), 422);
    const now = read(context, ticket.token);
    if (typeof now === "string") return unusable(context, now);
    const screen = isWaiting(now)
      ? chooseScreen(now, TOO_MANY_CODES)
      : endScreen(now.tenant, now.stepUp.action, { problem: TOO_MANY_CODES });
    return context.html(screen, 422);
  });

  onPost("/simulate", async (context, ticket, fields) => {
    const challenge = challengeOf(ticket, fields.challenge);
    const isApproved = isApproval(fields);
    if (!challenge || isApproved === undefined) return context.html(chooseScreen(ticket, UNKNOWN_CHALLENGE), 400);
    await simulate(ticket.tenant, ticket.stepUp, challenge.challengeId, isApproved);
    return goOn(context, ticket);
  });

  onPost("/cancel", (context, { tenant, stepUp: { action } }) => {
    const { url, isAllowed } = wayBack(tenant, action);
    return isAllowed && url !== undefined
      ? context.redirect(url, 303)
      : context.html(endScreen(tenant, action, { ending: CANCELLED }));
  });
}

/** The page behind the link of a message. Opening it confirms nothing, because scanners of e-mails open links too. */
function mountLink(pages: Hono, tenants: Tenants): void {
  pages.get("/link", (context) => {
    const { tenant: tenantId, key = "" } = context.req.query();
    const tenant = tenantWithId(tenants, tenantId);
    const link = tenant && linkOf(tenant, key);
    return link ? context.html(linkScreen(tenant, key, link.stepUp)) : deadLink(context);
  });

  pages.post("/link", async (context) => {
    const fields = await fieldsOf(context.req);
    if (!fields) return noForm(context);
    const { tenant: tenantId, key = "" } = fields;
    const tenant = tenantWithId(tenants, tenantId);
    const link = tenant && linkOf(tenant, key);
    const isApproved = isApproval(fields);
    if (!link || isApproved === undefined) return deadLink(context);
    const { action } = await answerLink(tenant, key, isApproved);
    return context.redirect(
      `${basePathOf(tenant.origin())}/challenge?${new URLSearchParams({ token: wayBack(tenant, action).token })}`,
      303,
    );
  });
}

function isApproval({ answer }: Fields): boolean | undefined {
  return answer === "approve" || answer === "deny" ? answer === "approve" : undefined;
}

function isWaiting({ stepUp }: Ticket): boolean {
  return stepUp.action.state === "CHALLENGE_REQUIRED";
}

function toStart(context: Context, ticket: Ticket): Response {
  return context.redirect(addressOf(ticket, ""), 303);
}
