import type { HTMLElement } from "node-html-parser";

/** Where a person arrives in the app. */
export interface VisitResult {
  /** The token to validate. */
  readonly token: string;
  /** The `redirectUrl` with the token; undefined when the action has none that the emulator may send people to. */
  readonly url: string | undefined;
}

/** What a person has set up, as the settings show it. */
export interface ShownAuthenticator {
  /** Its id. */
  readonly userAuthenticatorId: string;
  /** How it verifies a user, such as `SMS`. */
  readonly verificationMethod: string;
  /** Its phone number or address, made hard to read. */
  readonly contact: string | undefined;
}

/** What the page says went wrong, or that it does not offer what was asked for. The visit can go on. */
export class VisitError extends Error {
  /** Always `"VisitError"`. */
  declare readonly name: "VisitError";

  static {
    // An assignment fails where a program has frozen Error.prototype.
    Object.defineProperty(VisitError.prototype, "name", { value: "VisitError" });
  }
}

/** Something to do on a page. */
export interface Control {
  readonly selector: string;
  /** What to say when it is not there. */
  readonly name: string;
}

/** What there may be to do on a page. */
export const CONTROLS = {
  enter: { selector: 'form[data-form="enter"]', name: "code to enter" },
  resend: { selector: 'form[data-form="resend"]', name: "message to send again" },
  answer: { selector: 'form[data-form="answer"]', name: "question to approve or deny" },
  contact: { selector: 'form[data-form="contact"]', name: "phone number or address to fill in" },
  codes: { selector: 'form[data-form="codes"]', name: "recovery codes to show" },
  saved: { selector: 'form[data-form="saved"]', name: "recovery codes to save" },
  remove: { selector: 'form[data-form="remove"]', name: "question whether to remove something" },
  another: { selector: 'a[data-link="another"]', name: "other way to choose" },
  add: { selector: 'a[data-link="add"]', name: "way to add something" },
  settings: { selector: 'a[data-link="settings"]', name: "way to the settings" },
  continue: { selector: 'a[data-link="continue"]', name: "way to continue" },
  cancel: { selector: 'form[data-form="cancel"]', name: "way to cancel" },
} as const satisfies Record<string, Control>;

/** A challenge page, as somebody reads it who cannot run scripts. */
export class Page {
  readonly url: string;
  readonly #main: HTMLElement;

  constructor(url: string, main: HTMLElement) {
    this.url = url;
    this.#main = main;
  }

  /** What the page is for, such as `choose`, `enter` or `end`. */
  get screen(): string {
    return this.#main.getAttribute("data-screen") ?? "";
  }

  /** The heading. */
  get title(): string {
    return this.#main.querySelector("h1")?.text.trim() ?? "";
  }

  /** All that can be read, line by line. */
  get text(): string {
    const lines = this.#main.structuredText.split("\n").map((line) => line.trim());
    return lines.filter((line) => line !== "").join("\n");
  }

  /** What went wrong, if anything. */
  get error(): string | undefined {
    return this.#main.querySelector('[role="alert"]')?.text.trim();
  }

  /** The methods to choose from, be it to confirm or to set one up. */
  get methods(): string[] {
    return [...this.#choices("choose"), ...this.#choices("enroll")].map((form) => fieldsIn(form).method ?? "");
  }

  /** Where the person goes from a page on which nothing has to be done any more. */
  get end(): VisitResult | undefined {
    const token = this.#main.getAttribute("data-token");
    if (token === undefined) return undefined;
    const href = this.#main.querySelector('a[data-link="back"], a[data-link="done"]')?.getAttribute("href");
    const url = href === undefined ? undefined : new URL(href, this.url).href;
    return { token, url: url !== undefined && isPage(url, this.url) ? undefined : href };
  }

  /** The secret of an authenticator app that is being set up, in base 32, and the URI with it. */
  get otp(): { secret: string | undefined; uri: string | undefined } {
    return {
      secret: this.#main.querySelector("[data-secret]")?.getAttribute("data-secret"),
      uri: this.#main.querySelector('a[data-link="otpauth"]')?.getAttribute("href"),
    };
  }

  /** The recovery codes that are shown. */
  get recoveryCodes(): string[] {
    return this.#main.querySelectorAll("[data-code]").map((item) => item.getAttribute("data-code") ?? "");
  }

  /** What the settings show. */
  get authenticators(): ShownAuthenticator[] {
    return this.#main.querySelectorAll("[data-authenticator]").map((item) => ({
      userAuthenticatorId: item.getAttribute("data-authenticator") ?? "",
      verificationMethod: item.getAttribute("data-method") ?? "",
      contact: item.querySelector("[data-contact]")?.text,
    }));
  }

  has({ selector }: Control): boolean {
    return this.#main.querySelector(selector) !== null;
  }

  /** @throws VisitError that says what the page offers, when it is not there. */
  get({ selector, name }: Control): HTMLElement {
    return this.#main.querySelector(selector) ?? this.#miss(name);
  }

  /** The form that chooses a method. @throws VisitError that says what the page offers, when it is not there. */
  choice(method: string, form: "choose" | "enroll" = "choose"): HTMLElement {
    return this.#choices(form).find((form) => fieldsIn(form).method === method) ?? this.#miss(method);
  }

  /** The link that removes an authenticator. @throws VisitError that says what the page offers, when it is not there. */
  removal(userAuthenticatorId: string): HTMLElement {
    const items = this.#main.querySelectorAll("[data-authenticator]");
    const item = items.find((one) => one.getAttribute("data-authenticator") === userAuthenticatorId);
    return item?.querySelector('a[data-link="remove"]') ?? this.#miss(`way to remove ${userAuthenticatorId}`);
  }

  /** The address that a form or a link leads to. */
  target(element: HTMLElement, attribute: "action" | "href"): string {
    return new URL(element.getAttribute(attribute) ?? "", this.url).href;
  }

  #choices(form: "choose" | "enroll"): HTMLElement[] {
    return this.#main.querySelectorAll(`form[data-form="${form}"]`);
  }

  #miss(name: string): never {
    const rest = Object.values(CONTROLS)
      .filter((control) => this.has(control))
      .map(({ name }) => name);
    const offers = this.methods.length > 0 ? this.methods : rest;
    const words = offers.length > 0 ? offers.join(", ") : `nothing. It says: ${this.text}`;
    throw new VisitError(`There is no ${name} here; the page offers ${words}`);
  }
}

/** What a form holds before anybody fills it in. */
export function fieldsIn(form: HTMLElement): Record<string, string> {
  const fields = form.querySelectorAll("input");
  return Object.fromEntries(
    fields.map((field) => [field.getAttribute("name") ?? "", field.getAttribute("value") ?? ""]),
  );
}

/** Whether an address is that of another challenge page of the same emulator. */
export function isPage(address: string, other: string): boolean {
  const [one, two] = [new URL(address), new URL(other)];
  return one.origin === two.origin && pagePath(one) !== undefined && pagePath(one) === pagePath(two);
}

function pagePath({ pathname }: URL): string | undefined {
  return /^(.*?\/challenge)(\/|$)/.exec(pathname)?.[1];
}
