import type { Hono } from "hono";
import type { Tenants } from "../tenant/tenants.ts";
import { type Fields, fieldsOf } from "../wire/fields.ts";
import { Refusal } from "../wire/refusal.ts";
import { noForm, refused, unusable } from "./refusals.ts";
import { type PageContext, type PageEnvironment, readTicket, type Ticket } from "./ticket.ts";

export type Answer = Response | Promise<Response>;

/** Serves pages to whoever comes with the token of an action. */
export interface Routes {
  /** Shows a page. */
  onGet(path: string, show: (context: PageContext, ticket: Ticket) => Answer): void;
  /** Takes a form. A Refusal becomes a page that says what can be done instead. */
  onPost(path: string, act: (context: PageContext, ticket: Ticket, fields: Fields) => Answer): void;
}

export function routesOf(pages: Hono<PageEnvironment>, tenants: Tenants): Routes {
  return {
    onGet(path, show) {
      pages.get(path, (context) => {
        const ticket = readTicket(context, tenants, context.req.query("token") ?? "");
        return typeof ticket === "string" ? unusable(context, ticket) : show(context, ticket);
      });
    },
    onPost(path, act) {
      pages.post(path, async (context) => {
        const fields = await fieldsOf(context.req);
        if (!fields) return noForm(context);
        const ticket = readTicket(context, tenants, fields.token ?? "");
        if (typeof ticket === "string") return unusable(context, ticket);
        try {
          return await act(context, ticket, fields);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          // While a webhook was asked, everything may have changed.
          const now = readTicket(context, tenants, ticket.token);
          return typeof now === "string" ? unusable(context, now) : refused(context, now, fields, error);
        }
      });
    },
  };
}
