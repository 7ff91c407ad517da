import { Hono } from "hono";
import { answerLink, linkOf, wayBack } from "../operations/step-up.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { fieldsOf } from "../wire/fields.ts";
import { Refusal } from "../wire/refusal.ts";
import { isApproval, mountChallenge } from "./challenge-routes.ts";
import { CANCELLED, endScreen, SKIPPED } from "./endings.ts";
import { mountEnrolment, mountSettings } from "./enrolment-routes.ts";
import { guard } from "./guard.ts";
import { deadLink, linkRefused, noForm, noPage } from "./refusals.ts";
import { routesOf } from "./routes.ts";
import { linkScreen } from "./screens.ts";
import { type PageEnvironment, pathOf } from "./ticket.ts";

/**
 * Serves the pages on which people confirm actions, and set up how. They need no JavaScript outside of popups. A GET
 * changes nothing and sends nothing.
 * @param allowedHosts Hosts, beside those of this machine, under which the pages are reached.
 */
export function mountPages(app: Hono, tenants: Tenants, allowedHosts: readonly string[]): void {
  const pages = new Hono<PageEnvironment>();
  pages.use(guard(tenants, allowedHosts));
  const routes = routesOf(pages, tenants);
  mountChallenge(routes);
  mountEnrolment(routes);
  mountSettings(routes);
  mountLink(pages, tenants);
  pages.get("/:page", noPage);
  app.route("/challenge", pages);
}

/** The page behind the link of a message. Opening it confirms nothing, because scanners of e-mails open links too. */
function mountLink(pages: Hono<PageEnvironment>, tenants: Tenants): void {
  pages.get("/link", (context) => {
    const { tenant: tenantId, key = "" } = context.req.query();
    const tenant = tenants.withId(tenantId);
    const link = tenant && linkOf(tenant, key);
    return link ? context.html(linkScreen(tenant, key, link)) : deadLink(context);
  });

  pages.post("/link", async (context) => {
    const fields = await fieldsOf(context.req);
    if (!fields) return noForm(context);
    const { tenant: tenantId, key = "" } = fields;
    const tenant = tenants.withId(tenantId);
    const link = tenant && linkOf(tenant, key);
    const isApproved = isApproval(fields);
    if (!link || isApproved === undefined) return deadLink(context);
    const answered = await outcomeOf(() => answerLink(tenant, key, isApproved));
    if (answered instanceof Refusal) return linkRefused(context, tenant, key, answered);
    if (!isApproved && answered.action.state !== "CHALLENGE_FAILED") {
      const ending = link.challenge.isEnrolment ? SKIPPED : CANCELLED;
      return context.html(endScreen({ tenant, stepUp: answered, app: undefined }, { ending }));
    }
    const { token } = wayBack(tenant, answered.action);
    return context.redirect(`${pathOf(tenant)}/end?${new URLSearchParams({ token })}`, 303);
  });
}

/** What some work leads to, or why it was refused. */
async function outcomeOf<T>(work: () => T | Promise<T>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
