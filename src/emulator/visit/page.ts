import type { PageElement } from "./html.ts";

/** How a visit returned to the app. */
export interface VisitResult {
  /** The token to validate. */
  readonly token: string;
  /** The `redirectUrl` with the token; undefined when the action has none to which the emulator may redirect. */
  readonly url: string | undefined;
}

/** An authenticator of the user, as the settings show it. */
export interface ShownAuthenticator {
  /** Its id. */
  readonly userAuthenticatorId: string;
  /** How it verifies a user, such as `SMS`. */
  readonly verificationMethod: string;
  /** Its phone number or e-mail address, masked. */
  readonly contact: string | undefined;
}

/** The error message of a page, or that the page does not offer what a method needs. The visit can go on. */
export class VisitError extends Error {
  /** Always `"VisitError"`. */
  declare readonly name: "VisitError";

  static {
    // An assignment fails where a program has frozen Error.prototype.
    Object.defineProperty(VisitError.prototype, "name", { value: "VisitError" });
  }
}

/** A form or link on a page. */
export interface Control {
  readonly selector: string;
  /** Its name in the error message when it is missing. */
  readonly name: string;
}

/** The forms and links of all pages. */
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

/** A challenge page, as a browser without JavaScript shows it. */
export class Page {
  readonly url: string;
  readonly #main: PageElement;

  constructor(url: string, main: PageElement) {
    this.url = url;
    this.#main = main;
  }

  /** The kind of page, such as `choose`, `enter` or `end`. */
  get screen(): string {
    return this.#main.getAttribute("data-screen") ?? "";
  }

  /** The heading. */
  get title(): string {
    return this.#main.find("h1")?.text.trim() ?? "";
  }

  /** The text, line by line. */
  get text(): string {
    return this.#main.lines.join("\n");
  }

  /** The error message, if there is one. */
  get error(): string | undefined {
    return this.#main.find('[role="alert"]')?.text.trim();
  }

  /** The methods that can be chosen, to confirm with or to set up. */
  get methods(): string[] {
    return [...this.#choices("choose"), ...this.#choices("enroll")].map((form) => fieldsIn(form).method ?? "");
  }

  /** How the visit returns to the app, on a page where nothing is left to do. */
  get end(): VisitResult | undefined {
    const token = this.#main.getAttribute("data-token");
    if (token === undefined) return undefined;
    const href = this.#main.find('a[data-link="back"], a[data-link="done"]')?.getAttribute("href");
    const url = href === undefined ? undefined : new URL(href, this.url).href;
    return { token, url: url !== undefined && isPage(url, this.url) ? undefined : href };
  }

  /** The secret of an authenticator app that is being set up, in base 32, and the URI with it. */
  get otp(): { secret: string | undefined; uri: string | undefined } {
    return {
      secret: this.#main.find("[data-secret]")?.getAttribute("data-secret"),
      uri: this.#main.find('a[data-link="otpauth"]')?.getAttribute("href"),
    };
  }

  /** The recovery codes that are shown. */
  get recoveryCodes(): string[] {
    return this.#main.findAll("[data-code]").map((item) => item.getAttribute("data-code") ?? "");
  }

  /** The authenticators that the settings show. */
  get authenticators(): ShownAuthenticator[] {
    return this.#main.findAll("[data-authenticator]").map((item) => ({
      userAuthenticatorId: item.getAttribute("data-authenticator") ?? "",
      verificationMethod: item.getAttribute("data-method") ?? "",
      contact: item.find("[data-contact]")?.text,
    }));
  }

  has({ selector }: Control): boolean {
    return this.#main.find(selector) !== undefined;
  }

  /** Returns a form or link. @throws VisitError that lists what the page offers, when it is missing. */
  get({ selector, name }: Control): PageElement {
    return this.#main.find(selector) ?? this.#miss(name);
  }

  /** Returns the form that chooses a method. @throws VisitError that lists what the page offers, when it is missing. */
  choice(method: string, form: "choose" | "enroll" = "choose"): PageElement {
    return this.#choices(form).find((form) => fieldsIn(form).method === method) ?? this.#miss(method);
  }

  /** Returns the link that removes an authenticator. @throws VisitError that lists what the page offers, when it is missing. */
  removal(userAuthenticatorId: string): PageElement {
    const items = this.#main.findAll("[data-authenticator]");
    const item = items.find((one) => one.getAttribute("data-authenticator") === userAuthenticatorId);
    return item?.find('a[data-link="remove"]') ?? this.#miss(`way to remove ${userAuthenticatorId}`);
  }

  /** Returns the address that a form or a link leads to. */
  target(element: PageElement, attribute: "action" | "href"): string {
    return new URL(element.getAttribute(attribute) ?? "", this.url).href;
  }

  #choices(form: "choose" | "enroll"): PageElement[] {
    return this.#main.findAll(`form[data-form="${form}"]`);
  }

  #miss(name: string): never {
    const rest = Object.values(CONTROLS)
      .filter((control) => this.has(control))
      .map(({ name }) => name);
    const offers = this.methods.length > 0 ? this.methods : rest;
    const offered = offers.length > 0 ? offers.join(", ") : `nothing. It says: ${this.text}`;
    throw new VisitError(`There is no ${name} here; the page offers ${offered}`);
  }
}

/** Returns the initial values of the fields of a form. */
export function fieldsIn(form: PageElement): Record<string, string> {
  const fields = form.findAll("input");
  return Object.fromEntries(
    fields.map((field) => [field.getAttribute("name") ?? "", field.getAttribute("value") ?? ""]),
  );
}

/** Whether two addresses are challenge pages of the same emulator. */
export function isPage(address: string, other: string): boolean {
  const [one, two] = [new URL(address), new URL(other)];
  return one.origin === two.origin && pagePath(one) !== undefined && pagePath(one) === pagePath(two);
}

function pagePath({ pathname }: URL): string | undefined {
  return /^(.*?\/challenge)(\/|$)/.exec(pathname)?.[1];
}
