import { go, type Send } from "./go.ts";
import type { PageElement } from "./html.ts";
import { CONTROLS, type Control, fieldsIn, Page, VisitError, type VisitResult } from "./page.ts";

type Entries = Readonly<Record<string, string | undefined>>;

/** The current page of a visit, and the requests that lead to the next one. */
export class Walk {
  readonly send: Send;
  #page: Page;
  #recoveryCodes: readonly string[] = [];

  constructor(page: Page, send: Send) {
    this.#page = page;
    this.send = send;
  }

  /** The current page. */
  get page(): Page {
    return this.#page;
  }

  /** The recovery codes that were shown on this visit. */
  get recoveryCodes(): readonly string[] {
    return this.#recoveryCodes;
  }

  /** Follows a link. @throws VisitError with the error message of the next page. */
  async open(link: PageElement): Promise<VisitResult | undefined> {
    return this.#arrive(await go(this.send, this.#page.target(link, "href")));
  }

  /** Follows a link if it is there. */
  async openIfAny(link: Control): Promise<void> {
    if (this.#page.has(link)) await this.open(this.#page.get(link));
  }

  /** Sends a form. @throws VisitError with the error message of the next page. */
  async submit(form: PageElement, entries: Entries = {}): Promise<VisitResult | undefined> {
    const body = new URLSearchParams(fieldsIn(form));
    for (const [name, value] of Object.entries(entries)) if (value !== undefined) body.set(name, value);
    return this.#arrive(await go(this.send, this.#page.target(form, "action"), { method: "POST", body }));
  }

  /** Sends a form that must lead back to the app. @throws VisitError when it does not. */
  async leave(form: PageElement, entries: Entries = {}): Promise<VisitResult> {
    return this.back(await this.submit(form, entries));
  }

  /** @throws VisitError when the visit has not returned to the app. */
  back(end: VisitResult | undefined): VisitResult {
    if (end) return end;
    throw new VisitError(`This did not lead back to the app. The page says: ${this.#page.text}`);
  }

  /**
   * Makes a page the current one. On the pages of recovery codes it shows the codes, keeps them, and goes on.
   * @returns Where the visit returns to the app, if it does.
   */
  async #arrive(place: Page | VisitResult): Promise<VisitResult | undefined> {
    if (!(place instanceof Page)) return place;
    this.#page = place;
    if (place.error !== undefined) throw new VisitError(place.error);
    if (place.has(CONTROLS.codes)) return this.submit(place.get(CONTROLS.codes));
    if (!place.has(CONTROLS.saved)) return place.end;
    this.#recoveryCodes = place.recoveryCodes;
    return this.submit(place.get(CONTROLS.saved));
  }
}
