import type { LoggedRequest } from "../state/rows.ts";

const CAPACITY = 1_000;

/** The last 1,000 requests to the API, and what became of them. No key is in it. */
export interface RequestLog {
  /** The requests, the oldest first. */
  list(): readonly LoggedRequest[];
  /** Forgets all of them. */
  clear(): void;
}

/** The requests to a tenant as the emulator itself sees them. */
export class TenantRequests implements RequestLog {
  #requests: LoggedRequest[] = [];
  readonly #changed: () => void;

  /** @param changed Is called after each change. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** How many there are. */
  get size(): number {
    return this.#requests.length;
  }

  add(request: LoggedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > CAPACITY) this.#requests.shift();
    this.#changed();
  }

  list(): readonly LoggedRequest[] {
    return structuredClone(this.#requests);
  }

  /** The last of them, the newest first. */
  newest(count: number): readonly LoggedRequest[] {
    return structuredClone(this.#requests.slice(-count).reverse());
  }

  clear(): void {
    this.#requests = [];
    this.#changed();
  }
}
