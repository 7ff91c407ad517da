import type { LoggedRequest } from "./rows.ts";

const CAPACITY = 1_000;

/** The last 1,000 requests to the API, and what became of them. No key is in it. */
export class RequestLog {
  #requests: LoggedRequest[] = [];

  add(request: LoggedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > CAPACITY) this.#requests.shift();
  }

  /** The requests, the oldest first. */
  list(): readonly LoggedRequest[] {
    return structuredClone(this.#requests);
  }

  clear(): void {
    this.#requests = [];
  }
}
