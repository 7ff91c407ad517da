import type { HonoRequest } from "hono";

/** What a form holds, by the names of its fields. */
export type Fields = Readonly<Partial<Record<string, string>>>;

/** Reads a form as browsers send it by default; undefined when the body is something else. */
export async function fieldsOf(request: HonoRequest): Promise<Fields | undefined> {
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return undefined;
  const body = await request.parseBody();
  return Object.fromEntries(
    Object.entries(body).filter((field): field is [string, string] => typeof field[1] === "string"),
  );
}
