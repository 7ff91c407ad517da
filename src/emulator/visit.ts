import { type HTMLElement, parse } from "node-html-parser";
import { CONTROLS, type Control, hiddenFields, Page, VisitError, type VisitResult } from "./pages/page.ts";

export { VisitError, type VisitResult };

/** How to visit; all of it is optional. */
export interface VisitOptions {
  /** Sends a request. Default: the global `fetch`. */
  fetch?: Send;
}

type Send = (request: Request) => Promise<Response>;

/**
 * Goes to a challenge page, as a person without JavaScript would.
 * @param url The address that `track` gave, or that of the link in a message.
 * @throws VisitError when no challenge page is there. A page that only says what is wrong is one: look at `error`.
 */
export function visit(url: string, options: VisitOptions = {}): Promise<Visit> {
  return Visit.to(url, options);
}

/** A walk through the challenge pages of an emulator. */
export class Visit {
  #page: Page;
  readonly #send: Send;

  private constructor(page: Page, send: Send) {
    this.#page = page;
    this.#send = send;
  }

  /** As the function `visit`. */
  static async to(url: string, options: VisitOptions = {}): Promise<Visit> {
    const { fetch: send = (request) => fetch(request) } = options;
    if (!URL.canParse(url))
      throw new VisitError(`visit needs the url that track gave, or that of a message, not ${url}`);
    const place = await go(send, url);
    if (place instanceof Page) return new Visit(place, send);
    throw new VisitError(`${url} leads away from the challenge pages, to ${place.url}`);
  }

  /** The address of the page. */
  get url(): string {
    return this.#page.url;
  }

  /** The title of the page. */
  get title(): string {
    return this.#page.title;
  }

  /** All that can be read on the page. */
  get text(): string {
    return this.#page.text;
  }

  /** What the page says went wrong, if anything. */
  get error(): string | undefined {
    return this.#page.error;
  }

  /** The methods to choose from, such as `SMS`, the usual one first. */
  get methods(): string[] {
    return this.#page.methods;
  }

  /**
   * Chooses a method, so that its message is sent.
   * @throws VisitError when it is not there to be chosen, or when the service refuses it.
   */
  async choose(method: string): Promise<this> {
    if (this.#page.has(CONTROLS.another)) await this.#open(CONTROLS.another);
    await this.#arrive(await this.#submit(this.#page.choice(method)));
    return this;
  }

  /** Has the message sent once more. @throws VisitError when there is none, or when the service refuses it. */
  async resend(): Promise<this> {
    await this.#arrive(await this.#submit(this.#page.get(CONTROLS.resend)));
    return this;
  }

  /**
   * Enters a code.
   * @throws VisitError with the words of the page when the code is refused. Another one can be entered then.
   */
  async enter(code: string | undefined): Promise<VisitResult> {
    if (code === undefined) {
      throw new VisitError(
        "There is no code. The messages of a magic link and a push have none: open their url instead. Or an await is missing before waitFor.",
      );
    }
    return this.#leave(this.#page.get(CONTROLS.enter), { code });
  }

  /** Says yes, on the page of a simulated device or on that of a link. */
  async approve(): Promise<VisitResult> {
    return this.#leave(this.#page.get(CONTROLS.answer), { answer: "approve" });
  }

  /** Says no, on the page of a simulated device or on that of a link. */
  async deny(): Promise<VisitResult> {
    return this.#leave(this.#page.get(CONTROLS.answer), { answer: "deny" });
  }

  /** Goes back to the app and confirms nothing. */
  async cancel(): Promise<VisitResult> {
    return this.#leave(this.#page.get(CONTROLS.cancel));
  }

  /**
   * Goes back to the app from a last page, or from one that waits until a link was answered.
   * @throws VisitError while it was not.
   */
  async continue(): Promise<VisitResult> {
    return this.#page.end ?? this.#back(await this.#open(CONTROLS.continue));
  }

  /**
   * Opens the link of a message, as if in another window: this visit stays where it is.
   * @param url The `url` of the message.
   */
  async open(url: string | undefined): Promise<Visit> {
    if (url !== undefined) return visit(url, { fetch: this.#send });
    throw new VisitError(
      "There is no url. Only the messages of a magic link and a push have one: enter the code of others instead.",
    );
  }

  async #open(link: Control): Promise<VisitResult | undefined> {
    return this.#arrive(await go(this.#send, this.#page.target(this.#page.get(link), "href")));
  }

  async #leave(form: HTMLElement, entries: Readonly<Record<string, string>> = {}): Promise<VisitResult> {
    return this.#back(await this.#arrive(await this.#submit(form, entries)));
  }

  #back(end: VisitResult | undefined): VisitResult {
    if (end) return end;
    throw new VisitError(`This did not lead back to the app. The page says: ${this.text}`);
  }

  #submit(form: HTMLElement, entries: Readonly<Record<string, string>> = {}): Promise<Page | VisitResult> {
    const body = new URLSearchParams({ ...hiddenFields(form), ...entries });
    return go(this.#send, this.#page.target(form, "action"), { method: "POST", body });
  }

  /** Stays on the page that was reached, if one was; gives the way back to the app when that is where it leads. */
  async #arrive(place: Page | VisitResult): Promise<VisitResult | undefined> {
    if (!(place instanceof Page)) return place;
    this.#page = place;
    if (place.error !== undefined) throw new VisitError(place.error);
    return place.end;
  }
}

/** More redirects than these lead nowhere. */
const MAX_REDIRECTS = 5;

/** Sends a request and follows redirects as long as they lead to challenge pages. Elsewhere is the app. */
async function go(send: Send, url: string, init: RequestInit = {}, redirects = 0): Promise<Page | VisitResult> {
  const response = await send(new Request(url, { ...init, redirect: "manual" }));
  const body = await response.text();
  const location = response.headers.get("location");
  if (location === null) return read(url, response.status, body);
  if (redirects === MAX_REDIRECTS) throw new VisitError(`${url} leads in a circle`);
  const target = new URL(location, url);
  const isPage = target.origin === new URL(url).origin && pagePath(target) === pagePath(new URL(url));
  if (isPage) return go(send, target.href, {}, redirects + 1);
  return { token: target.searchParams.get("token") ?? "", url: target.href };
}

function read(url: string, status: number, body: string): Page {
  const document = parse(body);
  const main = document.querySelector("main");
  if (main) return new Page(url, document.querySelector("title")?.text ?? "", main);
  throw new VisitError(`There is no challenge page at ${url}: the answer has the status ${status}`);
}

function pagePath({ pathname }: URL): string | undefined {
  return /^(.*?\/challenge)(\/|$)/.exec(pathname)?.[1];
}
