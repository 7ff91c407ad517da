import type { Api } from "./operation.ts";

/** Writes query parameters for openapi-fetch: every value that was given, `0` and `""` too. */
export function querySerializer({ Failure }: Api): (query: Record<string, unknown>) => string {
  return (query) => {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    return given
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(name, value))}`)
      .join("&");
  };

  function textOf(name: string, value: unknown): string {
    const problem = problemOf(value);
    if (problem) throw new Failure(undefined, "invalid_argument", `${name} ${problem}`);
    return String(value);
  }
}

/** Says why a value cannot be a query parameter; undefined when it can. */
function problemOf(value: unknown): string | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : "holds half of a surrogate pair";
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `must be a finite number, not ${value}`;
  if (typeof value === "boolean" || typeof value === "bigint") return undefined;
  return `must be a string, a number or a boolean, not of type ${Array.isArray(value) ? "array" : typeof value}`;
}

/** Writes a body as JSON for openapi-fetch. */
export function bodySerializer({ Failure }: Api): (body: unknown) => string | undefined {
  return (body) => {
    try {
      return JSON.stringify(body);
    } catch (cause) {
      const problem = "The request cannot be written as JSON: it holds a BigInt, a circle, or something that throws";
      throw new Failure(undefined, "invalid_argument", problem, { cause });
    }
  };
}
