import type { Hono } from "hono";
import { HttpError } from "../http/errors.ts";
import { type FormFields, readForm } from "../http/form.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { spentScreen } from "./endings.ts";
import { isWaiting, type PageContext, type PageEnvironment, readTicket, type Ticket } from "./page-context.ts";
import { noForm, refused, unusable } from "./refusals.ts";

export type Answer = Response | Promise<Response>;

/** Serves pages to whoever comes with the token of an action. */
export interface Routes {
  /** Shows a page. */
  onGet(path: string, show: (context: PageContext, ticket: Ticket) => Answer): void;
  /** Takes a form. A HttpError becomes a page that says what can be done instead. */
  onPost(path: string, act: (context: PageContext, ticket: Ticket, fields: FormFields) => Answer): void;
}

export function routesOf(pages: Hono<PageEnvironment>, tenants: Tenants): Routes {
  return {
    onGet(path, show) {
      pages.get(path, (context) => {
        const ticket = readTicket(context, tenants, context.req.query("token") ?? "");
        if (typeof ticket === "string") return unusable(context, ticket);
        return isSpent(ticket) ? context.html(spentScreen(ticket)) : show(context, ticket);
      });
    },
    onPost(path, act) {
      pages.post(path, async (context) => {
        const fields = await readForm(context.req);
        if (!fields) return noForm(context);
        const ticket = readTicket(context, tenants, fields.token ?? "");
        if (typeof ticket === "string") return unusable(context, ticket);
        if (isSpent(ticket)) return context.html(spentScreen(ticket));
        try {
          return await act(context, ticket, fields);
        } catch (error) {
          if (!(error instanceof HttpError)) throw error;
          // While a webhook was asked, everything may have changed.
          const now = readTicket(context, tenants, ticket.token);
          return typeof now === "string" ? unusable(context, now) : refused(context, now, fields, error);
        }
      });
    },
  };
}

/** Whether a token has done its work. Nothing more is done with it, and it is not exchanged for another. */
function isSpent(ticket: Ticket): boolean {
  return ticket.isUsed && !isWaiting(ticket);
}
