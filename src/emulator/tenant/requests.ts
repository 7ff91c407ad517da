import type { LoggedRequest } from "../state/rows.ts";

const CAPACITY = 1_000;

/** The last 1,000 requests to the API, with their responses. It holds no secret key. */
export interface RequestLog {
  /** Returns the requests, the oldest first. */
  list(): readonly LoggedRequest[];
  /** Deletes all requests. */
  clear(): void;
}

/** The request log of a tenant, with what only the emulator needs. */
export class TenantRequests implements RequestLog {
  #requests: LoggedRequest[] = [];
  readonly #onChange: () => void;

  /** @param onChange Is called after each change. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The number of requests. */
  get size(): number {
    return this.#requests.length;
  }

  add(request: LoggedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > CAPACITY) this.#requests.shift();
    this.#onChange();
  }

  list(): readonly LoggedRequest[] {
    return structuredClone(this.#requests);
  }

  /** Returns the last requests, the newest first. */
  newest(count: number): readonly LoggedRequest[] {
    return structuredClone(this.#requests.slice(-count).reverse());
  }

  clear(): void {
    this.#requests = [];
    this.#onChange();
  }
}
