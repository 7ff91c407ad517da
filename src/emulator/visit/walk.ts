import type { HTMLElement } from "node-html-parser";
import { go, type Send } from "./go.ts";
import { CONTROLS, type Control, fieldsIn, Page, VisitError, type VisitResult } from "./page.ts";

type Entries = Readonly<Record<string, string | undefined>>;

/** Goes from page to page. */
export class Walk {
  readonly send: Send;
  #page: Page;
  #recoveryCodes: readonly string[] = [];

  constructor(page: Page, send: Send) {
    this.#page = page;
    this.send = send;
  }

  /** Where it is. */
  get page(): Page {
    return this.#page;
  }

  /** The recovery codes that were shown on the way. */
  get recoveryCodes(): readonly string[] {
    return this.#recoveryCodes;
  }

  /** Follows a link. @throws VisitError with what the page says went wrong. */
  async open(link: HTMLElement): Promise<VisitResult | undefined> {
    return this.#arrive(await go(this.send, this.#page.target(link, "href")));
  }

  /** Follows a link if it is there. */
  async openIfAny(link: Control): Promise<void> {
    if (this.#page.has(link)) await this.open(this.#page.get(link));
  }

  /** Sends a form. @throws VisitError with what the page says went wrong. */
  async submit(form: HTMLElement, entries: Entries = {}): Promise<VisitResult | undefined> {
    const body = new URLSearchParams(fieldsIn(form));
    for (const [name, value] of Object.entries(entries)) if (value !== undefined) body.set(name, value);
    return this.#arrive(await go(this.send, this.#page.target(form, "action"), { method: "POST", body }));
  }

  /** Sends a form that leads back to the app. @throws VisitError when it does not. */
  async leave(form: HTMLElement, entries: Entries = {}): Promise<VisitResult> {
    return this.back(await this.submit(form, entries));
  }

  /** @throws VisitError when somebody is not back in the app. */
  back(end: VisitResult | undefined): VisitResult {
    if (end) return end;
    throw new VisitError(`This did not lead back to the app. The page says: ${this.#page.text}`);
  }

  /**
   * Stays on the page that was reached, if one was; gives the way back to the app when that is where it leads. Recovery
   * codes are taken along.
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
