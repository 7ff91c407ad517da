/** A client that keeps cookies by path, as a browser does. Redirects are followed by `follow` only. */
export class CookieBrowser {
  readonly #origin: string;
  readonly #cookies = new Map<string, { value: string; path: string }>();

  constructor(origin: string, session?: string) {
    this.#origin = origin;
    if (session !== undefined) this.keep(`session=${session}; Path=/`);
  }

  /** Gets a page of the site by its path or URL. */
  go(address: string): Promise<Response> {
    return this.#send(address, {});
  }

  /** Sends a form. */
  submit(path: string, form: Record<string, string> | [name: string, value: string][]): Promise<Response> {
    return this.#send(path, { method: "POST", body: new URLSearchParams(form) });
  }

  /** Gets a page and follows its redirects within the site; returns the last response and its path. */
  async follow(address: string): Promise<{ response: Response; path: string }> {
    for (let next = address; ; ) {
      const response = await this.go(next);
      const { pathname, search } = new URL(next, this.#origin);
      const location = response.headers.get("location");
      if (location === null) return { response, path: pathname + search };
      next = new URL(location, this.#origin).href;
    }
  }

  /** Returns the `Cookie` header for a path. */
  cookiesAt(path: string): string {
    const fitting = [...this.#cookies].filter(([, one]) => `${path}/`.startsWith(`${one.path}/`.replace("//", "/")));
    return fitting.map(([name, { value }]) => `${name}=${value}`).join("; ");
  }

  /** Stores the cookie of a `Set-Cookie` header. */
  keep(cookie: string): void {
    const [, name = "", value = "", path = ""] = /^([^=]+)=([^;]*);.*?Path=([^;]*)/.exec(cookie) ?? [];
    this.#cookies.set(name, { value, path });
  }

  /** Returns another browser with a copy of all cookies. */
  twin(): CookieBrowser {
    const twin = new CookieBrowser(this.#origin);
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
