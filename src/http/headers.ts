/**
 * The headers of a response as `node:http` received them, with the interface of the platform's `Headers`. Searching this list
 * for the few headers that are read is faster than creating the platform's `Headers` for each response.
 */
export class HeaderList implements Headers {
  readonly #list: string[];

  /** @param list Names and values alternately, as in `rawHeaders` of `node:http`. */
  constructor(list: readonly string[] = []) {
    this.#list = [...list];
  }

  append(name: string, value: string): void {
    this.#list.push(name.toLowerCase(), value);
  }

  delete(name: string): void {
    for (let at = this.#find(name); at >= 0; at = this.#find(name)) this.#list.splice(at, 2);
  }

  get(name: string): string | null {
    const values: string[] = [];
    for (let at = this.#find(name); at >= 0; at = this.#find(name, at + 2)) values.push(this.#list[at + 1] ?? "");
    return values.length > 0 ? values.join(", ") : null;
  }

  getSetCookie(): string[] {
    return this.toPlatform().getSetCookie();
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  set(name: string, value: string): void {
    this.delete(name);
    this.append(name, value);
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this) callback(value, name, this);
  }

  entries() {
    return this.toPlatform().entries();
  }

  keys() {
    return this.toPlatform().keys();
  }

  values() {
    return this.toPlatform().values();
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  /** Returns a copy as the platform's `Headers`. */
  toPlatform(): Headers {
    const headers = new Headers();
    for (let at = 0; at < this.#list.length; at += 2) headers.append(this.#list[at] ?? "", this.#list[at + 1] ?? "");
    return headers;
  }

  /** Returns the index of the next header of a name; -1 if there is none. */
  #find(name: string, start = 0): number {
    for (let at = start; at < this.#list.length; at += 2) if (isSameName(this.#list[at] ?? "", name)) return at;
    return -1;
  }
}

function isSameName(one: string, other: string): boolean {
  return one.length === other.length && one.toLowerCase() === other.toLowerCase();
}

/** Headers that the option `headers` may not set: those of authentication, content negotiation and framing. */
const RESERVED = new Set([
  ...["authorization", "proxy-authorization", "accept", "accept-encoding", "content-type", "content-encoding"],
  ...["host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection"],
  ...["upgrade", "te", "trailer", "expect"],
]);

/** Headers that decide where a request ends and where it goes. Calls and middleware of the typed client may not set them. */
const FRAMING = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "upgrade",
  "te",
  "trailer",
  "expect",
]);

/** A token of RFC 9110, section 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Returns what is wrong with the option `headers`, without quoting a value; undefined if the option is valid. */
export function problemOfHeaders(headers: unknown): string | undefined {
  if (typeof headers !== "object" || headers === null || Symbol.iterator in headers) {
    return "headers must be an object of names and values";
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name)) return `headers must have names of letters, digits and hyphens, not "${name}"`;
    if (RESERVED.has(name.toLowerCase())) return `headers must not set ${name}, which the client sets itself`;
    if (value !== undefined && !isHeaderValue(value)) return `headers.${name} must be a string of printable Latin-1`;
  }
  return undefined;
}

/** Merges headers by their names in any case. Later records win, and a value of undefined removes a header. */
export function combineHeaders(
  ...all: (Readonly<Record<string, string | undefined>> | undefined)[]
): Record<string, string> {
  const combined = new Map<string, string>();
  for (const [name, value] of all.flatMap((headers) => Object.entries(headers ?? {}))) {
    if (value === undefined) combined.delete(name.toLowerCase());
    else combined.set(name.toLowerCase(), value);
  }
  return Object.fromEntries(combined);
}

/** Returns the first header of a request that would change its framing or its target; undefined if there is none. */
export function framingHeader(headers: Headers): string | undefined {
  return [...headers.keys()].find((name) => FRAMING.has(name));
}

function isHeaderValue(value: unknown): boolean {
  return typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}
