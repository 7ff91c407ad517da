import type { Hono } from "hono";
import { HttpError } from "../http/errors.ts";
import { type FormFields, readForm } from "../http/form.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { usedTokenScreen } from "./end-screens.ts";
import { isWaiting, type HonoContext, type PageEnvironment, readPageContext, type PageContext } from "./page-context.ts";
import { notAFormPage, errorPage, tokenErrorPage } from "./error-pages.ts";

export type Answer = Response | Promise<Response>;

/** Serves pages to whoever comes with the token of an action. */
export interface Routes {
  /** Shows a page. */
  onGet(path: string, show: (context: HonoContext, page: PageContext) => Answer): void;
  /** Takes a form. A HttpError becomes a page that says what can be done instead. */
  onPost(path: string, act: (context: HonoContext, page: PageContext, fields: FormFields) => Answer): void;
}

export function routesOf(pages: Hono<PageEnvironment>, tenants: Tenants): Routes {
  return {
    onGet(path, show) {
      pages.get(path, (context) => {
        const page = readPageContext(context, tenants, context.req.query("token") ?? "");
        if (typeof page === "string") return tokenErrorPage(context, page);
        return isTokenUsedUp(page) ? context.html(usedTokenScreen(page)) : show(context, page);
      });
    },
    onPost(path, act) {
      pages.post(path, async (context) => {
        const fields = await readForm(context.req);
        if (!fields) return notAFormPage(context);
        const page = readPageContext(context, tenants, fields.token ?? "");
        if (typeof page === "string") return tokenErrorPage(context, page);
        if (isTokenUsedUp(page)) return context.html(usedTokenScreen(page));
        try {
          return await act(context, page, fields);
        } catch (error) {
          if (!(error instanceof HttpError)) throw error;
          // While a webhook was asked, everything may have changed.
          const now = readPageContext(context, tenants, page.token);
          return typeof now === "string" ? tokenErrorPage(context, now) : errorPage(context, now, fields, error);
        }
      });
    },
  };
}

/** Whether a token has done its work. Nothing more is done with it, and it is not exchanged for another. */
function isTokenUsedUp(page: PageContext): boolean {
  return page.isUsed && !isWaiting(page);
}
