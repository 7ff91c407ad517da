import { Hono } from "hono";
import { answerLink, findLink, returnUrlOf } from "../domain/step-up.ts";
import { HttpError } from "../http/errors.ts";
import { readForm } from "../http/form.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { isApproval, mountChallenge } from "./challenge-routes.ts";
import { CANCELLED, endScreen, SKIPPED } from "./end-screens.ts";
import { mountEnrollment, mountSettings } from "./enrollment-routes.ts";
import { guard } from "./guard.ts";
import { type PageEnvironment, pathOf } from "./page-context.ts";
import { deadLinkPage, linkErrorPage, notAFormPage, notFoundPage } from "./error-pages.ts";
import { routesOf } from "./routes.ts";
import { linkScreen } from "./challenge-screens.ts";

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
  mountEnrollment(routes);
  mountSettings(routes);
  mountLink(pages, tenants);
  pages.get("/:page", notFoundPage);
  app.route("/challenge", pages);
}

/** The page behind the link of a message. Opening it confirms nothing, because scanners of e-mails open links too. */
function mountLink(pages: Hono<PageEnvironment>, tenants: Tenants): void {
  pages.get("/link", (context) => {
    const { tenant: tenantId, key = "" } = context.req.query();
    const tenant = tenants.withId(tenantId);
    const link = tenant && findLink(tenant, key);
    return link ? context.html(linkScreen(tenant, key, link)) : deadLinkPage(context);
  });

  pages.post("/link", async (context) => {
    const fields = await readForm(context.req);
    if (!fields) return notAFormPage(context);
    const { tenant: tenantId, key = "" } = fields;
    const tenant = tenants.withId(tenantId);
    const link = tenant && findLink(tenant, key);
    const isApproved = isApproval(fields);
    if (!link || isApproved === undefined) return deadLinkPage(context);
    const answered = await outcomeOf(() => answerLink(tenant, key, isApproved));
    if (answered instanceof HttpError) return linkErrorPage(context, tenant, key, answered);
    if (!isApproved && answered.action.state !== "CHALLENGE_FAILED") {
      const ending = link.challenge.isEnrollment ? SKIPPED : CANCELLED;
      return context.html(endScreen({ tenant, stepUp: answered, app: undefined }, { ending }));
    }
    const { token } = returnUrlOf(tenant, answered.action);
    return context.redirect(`${pathOf(tenant)}/end?${new URLSearchParams({ token })}`, 303);
  });
}

/** What some work leads to, or why it was errorPage. */
async function outcomeOf<T>(work: () => T | Promise<T>): Promise<T | HttpError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
}
