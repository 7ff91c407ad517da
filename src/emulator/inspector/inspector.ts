import { type Context, Hono } from "hono";
import { version } from "../../../generated/version.ts";
import { HttpError } from "../http/errors.ts";
import { readForm } from "../http/form.ts";
import { basePathOf } from "../http/origin.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { actionWithId, FORMS } from "./forms.ts";
import { guard } from "./guard.ts";
import { eventStreamResponse } from "./event-stream.ts";
import { page } from "./page.ts";
import { addressOf, type InspectorView } from "./inspector-view.ts";

/**
 * Serves the inspector: a page at `/` that shows what a tenant holds, and on which it can be changed. It works without
 * JavaScript; with it, the page is always as it would be if it were loaded again.
 * @param allowedHosts Hosts, beside those of this machine, under which it is reached.
 */
export function mountInspector(app: Hono, tenants: Tenants, allowedHosts: readonly string[]): void {
  const inspector = new Hono();
  const protect = guard(allowedHosts);

  const viewOf = (tenantId: string | undefined): InspectorView | undefined => {
    const all = [...tenants];
    const tenant = tenantId === undefined ? tenants.default : all.find((one) => one.tenantId === tenantId);
    return tenant && { tenant, tenants: all };
  };
  const unknown = (context: Context) => {
    const problem = "There is no such tenant. A tenant comes into being when its secret key is used first.";
    return context.html(page({ tenant: tenants.default, tenants: [...tenants], problem }), 404);
  };

  app.get("/", protect, (context) => {
    if (!/\btext\/html\b/.test(context.req.header("accept") ?? "")) return context.json(pointersOf(tenants.default));
    const view = viewOf(context.req.query("tenant"));
    return view ? context.html(page(view)) : unknown(context);
  });

  inspector.use(protect);
  inspector.get("/live", (context) => {
    const view = viewOf(context.req.query("tenant"));
    if (context.req.raw.method === "HEAD") return context.body(null);
    return view ? eventStreamResponse(view.tenant.changes) : unknown(context);
  });
  inspector.get("/open", (context) => {
    const view = viewOf(context.req.query("tenant"));
    const action = view && actionWithId(view.tenant, context.req.query("action"));
    if (!action) return unknown(context);
    const { tenant } = view;
    return context.redirect(`${basePathOf(tenant.origin)}/challenge?token=${tenant.tokens.ofAction(action)}`, 303);
  });
  inspector.post("/:form", async (context) => {
    const fields = await readForm(context.req);
    const view = viewOf(fields?.tenant);
    if (!fields || !view) return unknown(context);
    const name = context.req.param("form");
    try {
      const form = Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
      if (!form) throw new TypeError(`There is no form ${name}`);
      await form(view.tenant, fields);
      return context.redirect(addressOf(view), 303);
    } catch (error) {
      const { name: kind, message } = Object(error);
      if (kind === "TypeError" || error instanceof HttpError) {
        return context.html(page({ ...view, problem: message }), 422);
      }
      throw error;
    }
  });
  app.route("/_inspector", inspector);
}

/** What programs want to know that look for a page. */
function pointersOf({ origin }: Tenant) {
  const address = origin;
  return {
    name: "authsignal-emulator",
    version,
    apiUrl: `${address}/v1`,
    inspectorUrl: `${address}/`,
    control: `${address}/_emulator`,
    health: `${address}/health`,
  };
}
