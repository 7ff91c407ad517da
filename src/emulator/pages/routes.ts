import type { Hono } from "hono";
import { HttpError } from "../http/errors.ts";
import { type FormFields, readForm } from "../http/form.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { usedTokenScreen } from "./end-screens.ts";
import { formErrorPage, notAFormPage, tokenErrorPage } from "./error-pages.ts";
import {
  type HonoContext,
  isChallengeRequired,
  type PageContext,
  type PageEnvironment,
  readPageContext,
} from "./page-context.ts";

type PageResponse = Response | Promise<Response>;

/** Registers pages that need the token of an action. */
export interface Routes {
  /** Registers the handler of a page. */
  onGet(path: string, show: (context: HonoContext, page: PageContext) => PageResponse): void;
  /** Registers the handler of a form. An HttpError that it throws becomes a page on which the user can continue. */
  onPost(path: string, submit: (context: HonoContext, page: PageContext, fields: FormFields) => PageResponse): void;
}

export function createRoutes(pages: Hono<PageEnvironment>, tenants: Tenants): Routes {
  return {
    onGet(path, show) {
      pages.get(path, (context) => {
        const page = readPageContext(context, tenants, context.req.query("token") ?? "");
        if (typeof page === "string") return tokenErrorPage(context, page);
        return isTokenSpent(page) ? context.html(usedTokenScreen(page)) : show(context, page);
      });
    },
    onPost(path, submit) {
      pages.post(path, async (context) => {
        const fields = await readForm(context.req);
        if (!fields) return notAFormPage(context);
        const page = readPageContext(context, tenants, fields.token ?? "");
        if (typeof page === "string") return tokenErrorPage(context, page);
        if (isTokenSpent(page)) return context.html(usedTokenScreen(page));
        try {
          return await submit(context, page, fields);
        } catch (error) {
          if (!(error instanceof HttpError)) throw error;
          // The state may have changed while a webhook was called.
          const current = readPageContext(context, tenants, page.token);
          return typeof current === "string"
            ? tokenErrorPage(context, current)
            : formErrorPage(context, current, fields, error);
        }
      });
    },
  };
}

/** Whether a used token only shows the result of its action. The pages must not exchange it for a new token. */
function isTokenSpent(page: PageContext): boolean {
  return page.isTokenUsed && !isChallengeRequired(page);
}
