import type { ApiError, ErrorCode, ErrorDetails } from "../errors.ts";
import type { Shape } from "../platform/shape.ts";

/** The facts of an operation that the pipeline needs. `scripts/generate.ts` writes them from the spec. */
export interface Operation {
  /** The operationId, which is the name of the facade's method. */
  readonly name: string;
  /**
   * Whether the same request may be sent twice: always, or if it holds an idempotency key; never if undefined. From the
   * spec's `x-repeatable`.
   */
  readonly repeatable?: "always" | "with-key" | undefined;
  /** The shape of the request body; undefined if none is required. */
  readonly body?: Shape | undefined;
  /** The shapes that the body of a 2xx may have; `"empty"` stands for no body. */
  readonly responses: readonly (Shape | "empty")[];
}

/** An API, as all its clients share it. */
export interface Api {
  /** Finds the operation of a request by its method and its path below the base URL. */
  readonly findOperation: (method: string, path: string) => Operation | undefined;
  /** The class of the API's errors. */
  readonly ErrorClass: new (
    statusCode: number | undefined,
    errorCode: ErrorCode,
    errorDescription?: string,
    details?: ErrorDetails,
  ) => ApiError;
}

/** Operations by their routes, such as `GET /users/{userId}`. */
export type Operations = Readonly<Record<string, Operation>>;

/** Creates a function that finds an entry of a table of routes by the method and the path of a request. */
export function routeFinder<T>(table: Readonly<Record<string, T>>): (method: string, path: string) => T | undefined {
  const routes = Object.entries(table).map(([route, entry]) => ({ entry, template: route.split("/") }));
  return (method, path) => {
    const segments = `${method} ${path}`.split("/");
    return routes.find(
      ({ template }) =>
        template.length === segments.length &&
        template.every((part, index) => part[0] === "{" || part === segments[index]),
    )?.entry;
  };
}
