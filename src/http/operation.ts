import type { ApiError, ErrorCode, ErrorDetails } from "../errors.ts";
import type { Shape } from "../platform/shape.ts";

/** What the road must know of an operation. `scripts/generate.ts` writes these from the spec. */
export interface Operation {
  /** Its operationId, which is the name of the facade's method. */
  readonly name: string;
  /** Whether the same request may be sent twice: always, or when it holds an idempotency key; never when undefined. */
  readonly repeatable?: "always" | "with-key" | undefined;
  /** What a body must hold; undefined where none is required. */
  readonly body?: Shape | undefined;
  /** What a 2xx must hold to be a value: one of these; `"empty"` when it may have no body. */
  readonly answers: readonly (Shape | "empty")[];
}

/** An API as the road sees it: its operations, and the error that its callers catch. Made once, for all its clients. */
export interface Api {
  /** Names the operation of a request by its verb and its path below the base URL. */
  readonly findOperation: (method: string, path: string) => Operation | undefined;
  readonly Failure: new (
    statusCode: number | undefined,
    errorCode: ErrorCode,
    errorDescription?: string,
    details?: ErrorDetails,
  ) => ApiError;
}

/** Operations by their routes, such as `GET /users/{userId}`. */
export type Operations = Readonly<Record<string, Operation>>;

/** Makes a function that finds what a table holds for a request's verb and path, such as an API's `findOperation`. */
export function routeFinder<T>(table: Readonly<Record<string, T>>): (method: string, path: string) => T | undefined {
  const routes = Object.entries(table).map(([route, found]) => ({ found, template: route.split("/") }));
  return (method, path) => {
    const segments = `${method} ${path}`.split("/");
    return routes.find(
      ({ template }) =>
        template.length === segments.length &&
        template.every((part, index) => part[0] === "{" || part === segments[index]),
    )?.found;
  };
}
