import type { HonoRequest } from "hono";
import { readBody } from "./body.ts";

/** What a form holds, by the names of its fields. */
export type FormFields = Readonly<Partial<Record<string, string>>>;

/** Reads a form as browsers send it by default; undefined when the body is something else. */
export async function readForm(request: HonoRequest): Promise<FormFields | undefined> {
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return undefined;
  return Object.fromEntries(new URLSearchParams(await readBody(request)));
}
