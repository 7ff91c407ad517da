import { readOptions } from "../http/options.ts";
import { go, type Send } from "./go.ts";
import { CONTROLS, Page, type ShownAuthenticator, VisitError, type VisitResult } from "./page.ts";
import { Walk } from "./walk.ts";

export { type ShownAuthenticator, VisitError, type VisitResult };

/** How to visit; all of it is optional. */
export interface VisitOptions {
  /** Sends a request. Default: the global `fetch`. */
  fetch?: Send | undefined;
}

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
  readonly #walk: Walk;

  private constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** As the function `visit`. */
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

  /** What the page is for: `choose`, `enter`, `link`, `enroll`, `contact`, `codes`, `settings`, `remove`, `end` or `problem`. */
  get screen(): string {
    return this.#page.screen;
  }

  /** The heading of the page. */
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

  /** The methods to choose from, such as `SMS`, be it to confirm, the usual one first, or to set one up. */
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

  /** What the settings show. */
  get authenticators(): ShownAuthenticator[] {
    return this.#page.authenticators;
  }

  /**
   * Chooses a method, so that its message is sent.
   * @throws VisitError when it is not there to be chosen, or when the service refuses it.
   */
  async choose(method: string): Promise<this> {
    await this.#walk.openIfAny(CONTROLS.another);
    await this.#walk.submit(this.#page.choice(method));
    return this;
  }

  /**
   * Sets up a method, as far as the page on which it is confirmed: by `enter`, `approve`, or `open` and `continue`.
   * @param contact Where its messages go, for methods that have any. By default what the page knows already.
   * @throws VisitError when it cannot be set up, or when the service refuses it.
   */
  async enroll(
    method: string,
    contact: { phoneNumber?: string | undefined; email?: string | undefined } = {},
  ): Promise<this> {
    for (const way of [CONTROLS.another, CONTROLS.settings, CONTROLS.add]) await this.#walk.openIfAny(way);
    await this.#walk.submit(this.#page.choice(method, "enroll"));
    if (!this.#page.has(CONTROLS.contact)) return this;
    await this.#walk.submit(this.#page.get(CONTROLS.contact), { ...contact });
    return this;
  }

  /** Has the message sent once more. @throws VisitError when there is none, or when the service refuses it. */
  async resend(): Promise<this> {
    await this.#walk.submit(this.#page.get(CONTROLS.resend));
    return this;
  }

  /**
   * Enters a code. Recovery codes that are shown then are kept in `recoveryCodes`.
   * @throws VisitError with the words of the page when the code is refused. Another one can be entered then.
   */
  async enter(code: string | undefined): Promise<VisitResult> {
    if (code === undefined) {
      throw new VisitError(
        "There is no code. The messages of a magic link and a push have none: open their url instead. Or an await is missing before waitFor.",
      );
    }
    return this.#walk.leave(this.#page.get(CONTROLS.enter), { code });
  }

  /** Says yes, on the page of a simulated device or on that of a link. */
  async approve(): Promise<VisitResult> {
    return this.#walk.leave(this.#page.get(CONTROLS.answer), { answer: "approve" });
  }

  /** Says no, on the page of a simulated device or on that of a link. */
  async deny(): Promise<VisitResult> {
    return this.#walk.leave(this.#page.get(CONTROLS.answer), { answer: "deny" });
  }

  /** Goes back to the app and confirms nothing. */
  async cancel(): Promise<VisitResult> {
    return this.#walk.leave(this.#page.get(CONTROLS.cancel));
  }

  /**
   * Removes something in the settings.
   * @param userAuthenticatorId One of those in `authenticators`.
   * @throws VisitError when it cannot be removed.
   */
  async remove(userAuthenticatorId: string): Promise<this> {
    await this.#walk.open(this.#page.removal(userAuthenticatorId));
    await this.#walk.submit(this.#page.get(CONTROLS.remove));
    return this;
  }

  /**
   * Goes back to the app from a last page, from the settings, from one that only offers to set something up, or from one
   * that waits until a link was answered.
   * @throws VisitError while it was not.
   */
  async continue(): Promise<VisitResult> {
    if (this.#page.end) return this.#page.end;
    if (this.#page.screen === "enroll") return this.cancel();
    return this.#walk.back(await this.#walk.open(this.#page.get(CONTROLS.continue)));
  }

  /**
   * Opens the link of a message, as if in another window: this visit stays where it is.
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
