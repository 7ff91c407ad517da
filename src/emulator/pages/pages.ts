import { Hono } from "hono";
import { decideLink, findLink } from "../domain/links.ts";
import { returnUrlOf } from "../domain/return-url.ts";
import type { AccessGuard } from "../http/access.ts";
import { HttpError } from "../http/errors.ts";
import { readForm } from "../http/form.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { decisionOf, mountChallenge } from "./challenge-routes.ts";
import { linkScreen } from "./challenge-screens.ts";
import { CANCELED, endScreen, SKIPPED } from "./end-screens.ts";
import { mountEnrollment, mountSettings } from "./enrollment-routes.ts";
import { deadLinkPage, linkErrorPage, notAFormPage, notFoundPage } from "./error-pages.ts";
import { guard } from "./guard.ts";
import { type PageEnvironment, pathOf } from "./page-context.ts";
import { createRoutes } from "./routes.ts";

/**
 * Serves the pages on which users confirm actions and enroll methods. They need no JavaScript outside of popups. A GET
 * changes nothing and sends nothing.
 * @param access The access rule of the pages.
 * @param allowedHosts Hosts, beside those of this machine, whose applications may open the pages in popups.
 */
export function mountPages(app: Hono, tenants: Tenants, access: AccessGuard, allowedHosts: readonly string[]): void {
  const pages = new Hono<PageEnvironment>();
  pages.use(guard(tenants, access, allowedHosts));
  const routes = createRoutes(pages, tenants);
  mountChallenge(routes);
  mountEnrollment(routes);
  mountSettings(routes);
  mountLink(pages, tenants);
  pages.get("/:page", notFoundPage);
  app.route("/challenge", pages);
}

/** Registers the page behind the link of a message. Opening it confirms nothing, because email scanners open links, too. */
function mountLink(pages: Hono<PageEnvironment>, tenants: Tenants): void {
  pages.get("/link", (context) => {
    const { tenant: tenantId, key = "" } = context.req.query();
    const tenant = tenants.findById(tenantId);
    const link = tenant && findLink(tenant, key);
    return link ? context.html(linkScreen(tenant, key, link)) : deadLinkPage(context);
  });

  pages.post("/link", async (context) => {
    const fields = await readForm(context.req);
    if (!fields) return notAFormPage(context);
    const { tenant: tenantId, key = "" } = fields;
    const tenant = tenants.findById(tenantId);
    const link = tenant && findLink(tenant, key);
    const decision = decisionOf(fields);
    if (!link || !decision) return deadLinkPage(context);
    try {
      const stepUp = await decideLink(tenant, key, decision === "approve");
      if (decision === "deny" && stepUp.action.state !== "CHALLENGE_FAILED") {
        const ending = link.challenge.isEnrollment ? SKIPPED : CANCELED;
        return context.html(endScreen({ tenant, stepUp, appOrigin: undefined }, { ending }));
      }
      const { token } = returnUrlOf(tenant, stepUp.action);
      return context.redirect(`${pathOf(tenant)}/end?${new URLSearchParams({ token })}`, 303);
    } catch (error) {
      if (error instanceof HttpError) return linkErrorPage(context, tenant, key, error);
      throw error;
    }
  });
}
