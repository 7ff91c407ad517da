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
    const text = String(value);
    const isPrimitive = Object(value) !== value;
    if (isPrimitive && !Number.isNaN(value) && text.isWellFormed()) return text;
    throw new Failure(undefined, "invalid_argument", `${name} must be a boolean, a number or a well-formed string`);
  }
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
