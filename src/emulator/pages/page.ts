import type { HTMLElement } from "node-html-parser";

/** Where a person arrives in the app. */
export interface VisitResult {
  /** The token to validate. */
  readonly token: string;
  /** The `redirectUrl` with the token; undefined when the action has none that the emulator may send people to. */
  readonly url: string | undefined;
}

/** What the page says went wrong, or that it does not offer what was asked for. The visit can go on. */
export class VisitError extends Error {
  override readonly name = "VisitError";
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
  another: { selector: 'a[data-link="another"]', name: "other way to choose" },
  continue: { selector: 'a[data-link="continue"]', name: "way to continue" },
  cancel: { selector: 'form[data-form="cancel"]', name: "way to cancel" },
} as const satisfies Record<string, Control>;

/** A challenge page, as somebody reads it who cannot run scripts. */
export class Page {
  readonly url: string;
  readonly title: string;
  readonly #main: HTMLElement;

  constructor(url: string, title: string, main: HTMLElement) {
    this.url = url;
    this.title = title;
    this.#main = main;
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

  /** The methods to choose from. */
  get methods(): string[] {
    return this.#choices.map((form) => hiddenFields(form).method ?? "");
  }

  /** Where the person goes from a last page. */
  get end(): VisitResult | undefined {
    const token = this.#main.getAttribute("data-token");
    if (token === undefined) return undefined;
    return { token, url: this.#main.querySelector('a[data-link="back"]')?.getAttribute("href") };
  }

  has({ selector }: Control): boolean {
    return this.#main.querySelector(selector) !== null;
  }

  /** @throws VisitError that says what the page offers, when it is not there. */
  get({ selector, name }: Control): HTMLElement {
    return this.#main.querySelector(selector) ?? this.#miss(name);
  }

  /** The form that chooses a method. @throws VisitError that says what the page offers, when it is not there. */
  choice(method: string): HTMLElement {
    return this.#choices.find((form) => hiddenFields(form).method === method) ?? this.#miss(method);
  }

  /** The address that a form or a link leads to. */
  target(element: HTMLElement, attribute: "action" | "href"): string {
    return new URL(element.getAttribute(attribute) ?? "", this.url).href;
  }

  get #choices(): HTMLElement[] {
    return this.#main.querySelectorAll('form[data-form="choose"]');
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

/** What a form holds that nobody fills in. */
export function hiddenFields(form: HTMLElement): Record<string, string> {
  const fields = form.querySelectorAll('input[type="hidden"]');
  return Object.fromEntries(
    fields.map((field) => [field.getAttribute("name") ?? "", field.getAttribute("value") ?? ""]),
  );
}
