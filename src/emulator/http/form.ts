import type { HonoRequest } from "hono";
import { readBody } from "./body.ts";

/** The values of a form, by field. */
export type FormFields = Readonly<Partial<Record<string, string>>>;

/** Reads a form in the default encoding of browsers; undefined when the body has another content type. */
export async function readForm(request: HonoRequest): Promise<FormFields | undefined> {
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return undefined;
  return Object.fromEntries(new URLSearchParams(await readBody(request)));
}
