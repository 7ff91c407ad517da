/** A browser without pages: it keeps cookies for their paths, and follows nothing by itself. */
export class Visitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, { value: string; path: string }>();

  constructor(origin: string, session?: string) {
    this.#origin = origin;
    if (session !== undefined) this.keep(`session=${session}; Path=/`);
  }

  /** Goes to an address of the site, be it whole or a path. */
  go(address: string): Promise<Response> {
    return this.#send(address, {});
  }

  /** Sends a form. */
  submit(path: string, form: Record<string, string> | [name: string, value: string][]): Promise<Response> {
    return this.#send(path, { method: "POST", body: new URLSearchParams(form) });
  }

  /** Goes to an address, and on as long as it leads to the site; gives the answer and where it was. */
  async follow(address: string): Promise<{ response: Response; path: string }> {
    for (let next = address; ; ) {
      const response = await this.go(next);
      const { pathname, search } = new URL(next, this.#origin);
      const location = response.headers.get("location");
      if (location === null) return { response, path: pathname + search };
      next = new URL(location, this.#origin).href;
    }
  }

  /** What a page of this path gets to see of the cookies. */
  cookiesAt(path: string): string {
    const fitting = [...this.#cookies].filter(([, one]) => `${path}/`.startsWith(`${one.path}/`.replace("//", "/")));
    return fitting.map(([name, { value }]) => `${name}=${value}`).join("; ");
  }

  /** Keeps a cookie as a `Set-Cookie` header says. */
  keep(cookie: string): void {
    const [, name = "", value = "", path = ""] = /^([^=]+)=([^;]*);.*?Path=([^;]*)/.exec(cookie) ?? [];
    this.#cookies.set(name, { value, path });
  }

  /** Somebody who has all cookies that this one has now. */
  twin(): Visitor {
    const twin = new Visitor(this.#origin);
    for (const [name, { value, path }] of this.#cookies) twin.keep(`${name}=${value}; Path=${path}`);
    return twin;
  }

  async #send(address: string, init: RequestInit): Promise<Response> {
    const url = new URL(address, this.#origin);
    if (url.origin !== this.#origin) throw new Error(`${url.origin} is not the site`);
    const cookie = this.cookiesAt(url.pathname);
    const response = await fetch(url, { ...init, redirect: "manual", headers: cookie ? { cookie } : {} });
    for (const one of response.headers.getSetCookie()) this.keep(one);
    return response;
  }
}
