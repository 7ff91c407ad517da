import type { FrameLocator, Locator, Page } from "playwright-core";

/** The challenge page in a window or in the frame of a popup, used through its data attributes. */
export class ChallengePage {
  readonly #page: Page | FrameLocator;

  constructor(page: Page | FrameLocator) {
    this.#page = page;
  }

  /** Waits for a page with a heading. */
  async shows(heading: string): Promise<void> {
    await this.#page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  }

  /** Waits for an error message. */
  async warns(problem: string): Promise<void> {
    await this.alert.filter({ hasText: problem }).waitFor();
  }

  /** The error message. */
  get alert(): Locator {
    return this.#page.getByRole("alert");
  }

  /** The field of the code. */
  get code(): Locator {
    return this.form("enter").locator("[name=code]");
  }

  form(name: string): Locator {
    return this.#page.locator(`form[data-form="${name}"]`);
  }

  link(name: string): Locator {
    return this.#page.locator(`a[data-link="${name}"]`);
  }

  choice(method: string): Locator {
    return this.form("choose").filter({ has: this.#page.locator(`[name=method][value="${method}"]`) });
  }

  async choose(method: string): Promise<void> {
    await this.choice(method).getByRole("button").click();
  }

  /** Chooses a method to enroll. */
  async setUp(method: string): Promise<void> {
    const form = this.form("enroll").filter({ has: this.#page.locator(`[name=method][value="${method}"]`) });
    await form.getByRole("button").click();
  }

  async enter(code: string | undefined): Promise<void> {
    await this.code.fill(code ?? "");
    await this.form("enter").getByRole("button").click();
  }

  /** Requests another message, and waits for the next page, because a click on the old one would cancel the request. */
  async sendAgain(): Promise<void> {
    await this.form("resend").evaluate((form) => form.closest("main")?.setAttribute("data-old", ""));
    await this.press("resend");
    await this.#page.locator("main:not([data-old])").waitFor();
  }

  async press(form: string, button?: string | RegExp): Promise<void> {
    await this.form(form)
      .getByRole("button", button === undefined ? {} : { name: button })
      .click();
  }
}
