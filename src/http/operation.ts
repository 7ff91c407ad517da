import type { ApiError, ErrorCode, ErrorDetails } from "../errors.ts";
import type { Shape } from "./shape.ts";

/** What the road must know of an operation. `scripts/generate.ts` writes these from the spec. */
export interface Operation {
  readonly method: string;
  /** The path template, such as `/users/{userId}`. */
  readonly path: string;
  /** Whether the same request may be sent twice: always, when it holds an idempotency key, or never. */
  readonly repeatable: "always" | "with-key" | "never";
  /** What a body must hold; undefined where none is required. */
  readonly body?: Shape;
  /** What a 2xx must hold to be a value: one of these. */
  readonly answers: readonly Shape[];
}

/** An API as the road sees it: its operations, and the error that its callers catch. Made once, for all its clients. */
export interface Api {
  readonly name: string;
  /** Names the operation of a request by its verb and its path below the base URL. */
  readonly findOperation: (method: string, path: string) => Operation | undefined;
  readonly Failure: new (
    statusCode: number | undefined,
    errorCode: ErrorCode,
    errorDescription?: string,
    details?: ErrorDetails,
  ) => ApiError;
}

/** Makes an API's `findOperation`. */
export function operationFinder(operations: Readonly<Record<string, Operation>>): Api["findOperation"] {
  const routes = new Map<string, { operation: Operation; segments: readonly string[] }[]>();
  for (const operation of Object.values(operations)) {
    const segments = operation.path.split("/");
    const key = `${operation.method} ${segments.length}`;
    routes.set(key, [...(routes.get(key) ?? []), { operation, segments }]);
  }
  return (method, path) => {
    const segments = path.split("/");
    const candidates = routes.get(`${method} ${segments.length}`) ?? [];
    return candidates.find((route) => matches(route.segments, segments))?.operation;
  };
}

function matches(template: readonly string[], path: readonly string[]): boolean {
  return template.every((segment, index) => segment.startsWith("{") || segment === path[index]);
}
