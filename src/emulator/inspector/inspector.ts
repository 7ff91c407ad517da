import { type Context, Hono } from "hono";
import { version } from "../../../generated/version.ts";
import { fieldOf } from "../../platform/fields.ts";
import type { AccessGuard } from "../http/access.ts";
import { HttpError } from "../http/errors.ts";
import { readForm } from "../http/form.ts";
import { basePathOf } from "../http/origin.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { eventStreamResponse } from "./event-stream.ts";
import { actionWithId, FORMS } from "./forms.ts";
import { guard } from "./guard.ts";
import { type InspectorView, inspectorUrl } from "./inspector-view.ts";
import { page } from "./page.ts";

/**
 * Serves the inspector: a page at `/` that shows the state of a tenant, with forms that change the state. The page works without
 * JavaScript; with JavaScript, it updates itself.
 * @param access The access rules of the page and of its forms.
 */
export function mountInspector(
  app: Hono,
  tenants: Tenants,
  access: { readonly page: AccessGuard; readonly forms: AccessGuard },
): void {
  const inspector = new Hono();

  const viewOf = (tenantId: string | undefined): InspectorView | undefined => {
    const all = [...tenants];
    const tenant = tenantId === undefined ? tenants.default : all.find((one) => one.tenantId === tenantId);
    return tenant && { tenant, tenants: all };
  };
  const notFound = (context: Context) => {
    const problem = "There is no such tenant. A tenant is created by the first request with its secret key.";
    return context.html(page({ tenant: tenants.default, tenants: [...tenants], problem }), 404);
  };

  app.get("/", guard(access.page), (context) => {
    if (!/\btext\/html\b/.test(context.req.header("accept") ?? "")) return context.json(pointersOf(tenants.default));
    const view = viewOf(context.req.query("tenant"));
    return view ? context.html(page(view)) : notFound(context);
  });

  inspector.use(guard(access.forms));
  inspector.get("/live", (context) => {
    const view = viewOf(context.req.query("tenant"));
    if (context.req.raw.method === "HEAD") return context.body(null);
    return view ? eventStreamResponse(view.tenant.changes) : notFound(context);
  });
  inspector.get("/open", (context) => {
    const view = viewOf(context.req.query("tenant"));
    const action = view && actionWithId(view.tenant, context.req.query("action"));
    if (!action) return notFound(context);
    const { tenant } = view;
    return context.redirect(`${basePathOf(tenant.origin)}/challenge?token=${tenant.tokens.ofAction(action)}`, 303);
  });
  inspector.post("/:form", async (context) => {
    const fields = await readForm(context.req);
    const view = viewOf(fields?.tenant);
    if (!fields || !view) return notFound(context);
    const name = context.req.param("form");
    try {
      const form = Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
      if (!form) throw new TypeError(`There is no form ${name}`);
      await form(view.tenant, fields);
      return context.redirect(inspectorUrl(view), 303);
    } catch (error) {
      // Recognizes a TypeError by its name, because test runners such as Jest replace the global class.
      const isInvalid = error instanceof HttpError || fieldOf(error, "name") === "TypeError";
      if (!isInvalid) throw error;
      return context.html(page({ ...view, problem: String(fieldOf(error, "message")) }), 422);
    }
  });
  app.route("/_inspector", inspector);
}

/** Returns the addresses of the emulator, for programs that request `/`. */
function pointersOf({ origin }: Tenant) {
  return {
    name: "authsignal-emulator",
    version,
    apiUrl: `${origin}/v1`,
    inspectorUrl: `${origin}/`,
    control: `${origin}/_emulator`,
    health: `${origin}/health`,
  };
}
