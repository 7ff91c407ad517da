import { createQuerySerializer } from "openapi-fetch";
import type { Api } from "./operation.ts";
import { JsonBody } from "./request.ts";

/** Writes query parameters for openapi-fetch: every value given, `0` and `""` too, but none that has no meaning. */
export function querySerializer({ Failure }: Api): (query: Record<string, unknown>) => string {
  const serialize = createQuerySerializer<Record<string, unknown>>();
  return (query) => {
    for (const [name, value] of Object.entries(query)) {
      const problem = problemWith(value);
      if (problem) throw new Failure(undefined, "invalid_argument", `${name} ${problem}`);
    }
    return serialize(query);
  };
}

function problemWith(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "must be a finite number";
  if (typeof value === "string") return value.isWellFormed() ? undefined : "must be well-formed Unicode";
  if (value === undefined || value === null || typeof value === "boolean") return undefined;
  return "must be a string, a number or a boolean";
}

/** Writes a body as JSON for openapi-fetch. */
export function bodySerializer({ Failure }: Api): (body: unknown) => JsonBody {
  return (body) => {
    try {
      return new JsonBody(body, JSON.stringify(body));
    } catch (error) {
      const problem = error instanceof Error ? error.message : "it cannot be converted";
      throw new Failure(undefined, "invalid_argument", `The request cannot be written as JSON: ${problem}`);
    }
  };
}
