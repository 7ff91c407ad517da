import { EARLIER_USER, OPERATIONS, operationOf } from "./operations.ts";
import type { WholeRequest } from "./request-reader.ts";

/** The API of a fault server. */
export interface Api {
  /** Returns the operation of a request; undefined for a request of no operation. */
  meaningOf(request: WholeRequest): Meaning | undefined;
  /** The path of the earlier call, for faults on a kept connection. */
  readonly earlierPath: string;
  /** The body of the response to that call. */
  readonly earlierGood: object;
}

/** The effect of a request. Requests with the same key have one effect together. */
export interface Effect {
  readonly key: string;
}

/** The operation of a request. */
export interface Meaning extends Effect {
  /** The body of a good response. */
  readonly good: object;
  /** Whether the operation deletes something, which cannot be deleted twice. */
  readonly isDeletion: boolean;
}

/** The API that the matrix calls. */
export const AUTHSIGNAL: Api = {
  meaningOf({ method, path, body }) {
    const operation = operationOf(method, path);
    if (!operation) return undefined;
    const { idempotencyKey = "" } = body ? JSON.parse(body) : {};
    const key = `${operation} ${path} ${idempotencyKey}`;
    return { key, good: OPERATIONS[operation].good, isDeletion: method === "DELETE" };
  },
  earlierPath: `/users/${EARLIER_USER}`,
  earlierGood: OPERATIONS.getUser.good,
};
