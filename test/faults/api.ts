import { EARLIER_USER, OPERATIONS, operationOf } from "./operations.ts";
import type { WholeRequest } from "./request-reader.ts";

/** The API that a fault server has, beside its faults. */
export interface Api {
  /** What a request asks for; undefined when it went astray. */
  meaningOf(request: WholeRequest): Meaning | undefined;
  /** The path of the call that goes before, when a fault wants a connection that is kept. */
  readonly earlierPath: string;
  /** What that call gets. */
  readonly earlierGood: object;
}

/** What a request changes. Two requests with the same effect change it once. */
export interface Effect {
  readonly key: string;
}

/** What a request asks for. */
export interface Meaning extends Effect {
  /** What a good answer holds. */
  readonly good: object;
  /** Whether it takes something away, which cannot be taken away again. */
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
