import { readOptions } from "../http/options.ts";
import { go, type Send } from "./go.ts";
import { CONTROLS, Page, type ShownAuthenticator, VisitError, type VisitResult } from "./page.ts";
import { Walk } from "./walk.ts";

export { type ShownAuthenticator, VisitError, type VisitResult };

/** Options of a visit. */
export interface VisitOptions {
  /** Sends a request. Default: the global `fetch`. */
  fetch?: Send | undefined;
}

/**
 * Opens a challenge page, as a browser without JavaScript does.
 * @param url The `url` that `track` returned, or that of the link in a message.
 * @throws VisitError when there is no challenge page. A page that reports a problem is a challenge page: read `error`.
 */
export function visit(url: string, options: VisitOptions = {}): Promise<Visit> {
  return Visit.to(url, options);
}

/** A user on the challenge pages of an emulator. Each method goes from the current page to the next one. */
export class Visit {
  readonly #walk: Walk;

  private constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** Opens a challenge page, as the function `visit` does. */
  static async to(url: string, options: VisitOptions = {}): Promise<Visit> {
    const { fetch: send = (request: Request) => fetch(request) } = readOptions<VisitOptions>("visit", options, {
      fetch: ["function"],
    });
    if (!URL.canParse(url))
      throw new VisitError(`visit needs the url that track gave, or that of a message, not ${url}`);
    const place = await go(send, url);
    if (place instanceof Page) return new Visit(new Walk(place, send));
    throw new VisitError(`${url} leads away from the challenge pages, to ${place.url}`);
  }

  /** The address of the page. */
  get url(): string {
    return this.#page.url;
  }

  /** The kind of page: `choose`, `enter`, `link`, `enroll`, `contact`, `codes`, `settings`, `remove`, `end` or `problem`. */
  get screen(): string {
    return this.#page.screen;
  }

  /** The heading of the page. */
  get title(): string {
    return this.#page.title;
  }

  /** The text of the page, line by line. */
  get text(): string {
    return this.#page.text;
  }

  /** The error message on the page, if there is one. */
  get error(): string | undefined {
    return this.#page.error;
  }

  /** The methods that the page offers, such as `SMS`: to confirm with, the default one first, or to set up. */
  get methods(): string[] {
    return this.#page.methods;
  }

  /** The secret, in base 32, of an authenticator app that is being set up. */
  get secret(): string | undefined {
    return this.#page.otp.secret;
  }

  /** The otpauth URI of an authenticator app that is being set up. */
  get otpUri(): string | undefined {
    return this.#page.otp.uri;
  }

  /** The recovery codes that were shown on this visit. */
  get recoveryCodes(): readonly string[] {
    return this.#walk.recoveryCodes;
  }

  /** The authenticators that the settings show. */
  get authenticators(): ShownAuthenticator[] {
    return this.#page.authenticators;
  }

  /**
   * Chooses a method, which sends its message.
   * @throws VisitError when the page does not offer the method, or the service rejects it.
   */
  async choose(method: string): Promise<this> {
    await this.#walk.openIfAny(CONTROLS.another);
    await this.#walk.submit(this.#page.choice(method));
    return this;
  }

  /**
   * Starts to set up a method. The next page confirms it: by `enter`, `approve`, or `open` and `continue`.
   * @param contact Where the messages of the method go, if it has any. Default: the contact on the page.
   * @throws VisitError when the method cannot be set up, or the service rejects it.
   */
  async enroll(
    method: string,
    contact: { phoneNumber?: string | undefined; email?: string | undefined } = {},
  ): Promise<this> {
    for (const link of [CONTROLS.another, CONTROLS.settings, CONTROLS.add]) await this.#walk.openIfAny(link);
    await this.#walk.submit(this.#page.choice(method, "enroll"));
    if (!this.#page.has(CONTROLS.contact)) return this;
    await this.#walk.submit(this.#page.get(CONTROLS.contact), { ...contact });
    return this;
  }

  /**
   * Starts to set up a method.
   * @deprecated Renamed to `enroll`.
   */
  enrol(method: string, contact?: { phoneNumber?: string | undefined; email?: string | undefined }): Promise<this> {
    return this.enroll(method, contact);
  }

  /** Sends the message again. @throws VisitError when there is none, or the service rejects it. */
  async resend(): Promise<this> {
    await this.#walk.submit(this.#page.get(CONTROLS.resend));
    return this;
  }

  /**
   * Enters a code. Recovery codes that are shown then are kept in `recoveryCodes`.
   * @throws VisitError with the message of the page when the code is rejected. Another one can be entered then.
   */
  async enter(code: string | undefined): Promise<VisitResult> {
    if (code === undefined) {
      throw new VisitError(
        "There is no code. The messages of a magic link and a push have none: open their url instead. Or an await is missing before waitFor.",
      );
    }
    return this.#walk.leave(this.#page.get(CONTROLS.enter), { code });
  }

  /** Approves, on the page of a simulated device or of a link. */
  async approve(): Promise<VisitResult> {
    return this.#walk.leave(this.#page.get(CONTROLS.answer), { answer: "approve" });
  }

  /** Denies, on the page of a simulated device or of a link. */
  async deny(): Promise<VisitResult> {
    return this.#walk.leave(this.#page.get(CONTROLS.answer), { answer: "deny" });
  }

  /** Returns to the app without a confirmation. */
  async cancel(): Promise<VisitResult> {
    return this.#walk.leave(this.#page.get(CONTROLS.cancel));
  }

  /**
   * Removes an authenticator in the settings.
   * @param userAuthenticatorId Id of one of `authenticators`.
   * @throws VisitError when it cannot be removed.
   */
  async remove(userAuthenticatorId: string): Promise<this> {
    await this.#walk.open(this.#page.removal(userAuthenticatorId));
    await this.#walk.submit(this.#page.get(CONTROLS.remove));
    return this;
  }

  /**
   * Returns to the app from a last page, from the settings, from a page that only offers to set up a method, or from one
   * that waits for a link to be approved or denied.
   * @throws VisitError while that has not happened.
   */
  async continue(): Promise<VisitResult> {
    if (this.#page.end) return this.#page.end;
    if (this.#page.screen === "enroll") return this.cancel();
    return this.#walk.back(await this.#walk.open(this.#page.get(CONTROLS.continue)));
  }

  /**
   * Opens the link of a message as in another window: this visit stays on its page.
   * @param url The `url` of the message.
   */
  async open(url: string | undefined): Promise<Visit> {
    if (url !== undefined) return visit(url, { fetch: this.#walk.send });
    throw new VisitError(
      "There is no url. Only the messages of a magic link and a push have one: enter the code of others instead.",
    );
  }

  get #page(): Page {
    return this.#walk.page;
  }
}
