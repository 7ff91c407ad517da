import { fieldOf } from "../../platform/fields.ts";
import { CONTROLS, VisitError } from "../visit/page.ts";
import type { ShownChallenge } from "./challenge-codes.ts";

// Playwright is not imported: these interfaces describe the used part, and a test compares them with its types.

/** A page, a frame, or a frame locator of Playwright. */
export interface ChallengePlace {
  /** Finds elements by a CSS selector. */
  locator(selector: string): ChallengeLocator;
}

/** A locator of Playwright. */
export interface ChallengeLocator {
  /** Finds elements inside of these. */
  locator(selector: string): ChallengeLocator;
  /** Returns the locator of one of the elements, by its index. */
  nth(index: number): ChallengeLocator;
  /** Returns how many elements there are now. */
  count(): Promise<number>;
  /** Clicks on the element. */
  click(options?: { timeout?: number }): Promise<void>;
  /** Replaces the text of the field. */
  fill(value: string, options?: { timeout?: number }): Promise<void>;
  /** Returns the value of an attribute; null when there is none. */
  getAttribute(name: string, options?: { timeout?: number }): Promise<string | null>;
  /** Returns the visible text. */
  innerText(options?: { timeout?: number }): Promise<string>;
  /** Waits until the element is attached, or detached. */
  waitFor(options?: { state?: "attached" | "detached"; timeout?: number }): Promise<void>;
  /** Runs a function in the browser, with the element. */
  evaluate<Result>(
    work: (element: ChallengeElement) => Result,
    nothing?: undefined,
    options?: { timeout?: number },
  ): Promise<Result>;
}

/** An element in the browser. */
export interface ChallengeElement {
  /** The address of its page. */
  readonly baseURI: string;
  /** Its document. */
  readonly ownerDocument: {
    /** `loading` until the whole document was parsed. */
    readonly readyState: string;
  };
  /** Returns the value of an attribute; null when there is none. */
  getAttribute(name: string): string | null;
  /** Sets the value of an attribute. */
  setAttribute(name: string, value: string): void;
  /** Returns the first element inside of it that a CSS selector matches. */
  querySelector(selector: string): ChallengeElement | null;
}

/** The content of a challenge page. */
export interface Sight {
  /** The kind of page, such as `enter`. */
  readonly screen: string | undefined;
  /** The challenge of the page, if it has one. */
  readonly challenge: ShownChallenge | undefined;
  /** Whether the page shows an error message. */
  readonly isAlerted: boolean;
}

const MAIN = "main[data-screen]";
/** How long a frame may be empty before it counts as closed, in milliseconds. */
const GONE_AFTER = 1_000;

/** A challenge page in a browser. */
export class PlaywrightPage {
  readonly #page: ChallengePlace;
  readonly #timeout: number;
  /** The prefix of the addresses of all challenge pages. */
  readonly #home: string;

  private constructor(page: ChallengePlace, timeout: number, home: string) {
    this.#page = page;
    this.#timeout = timeout;
    this.#home = home;
  }

  /**
   * Waits for a challenge page.
   * @param timeout How long to wait for the page, and for each of its steps, in milliseconds.
   */
  static async at(page: ChallengePlace, timeout: number): Promise<PlaywrightPage> {
    const main = page.locator(MAIN);
    await main.waitFor({ timeout }).catch(async (cause: unknown) => {
      const place = await addressOf(page.locator("html"), GONE_AFTER).catch(() => undefined);
      throw new VisitError(`There is no challenge page${place ? ` at ${place}` : ""}, after ${timeout} ms`, { cause });
    });
    const address = await addressOf(main, timeout);
    const [home = address] = /^.*?\/challenge(?=[/?#]|$)/.exec(address) ?? [];
    return new PlaywrightPage(page, timeout, home);
  }

  /** Reads the page; undefined when it is no challenge page, or the window or frame was closed. */
  async look(): Promise<Sight | undefined> {
    const read = (root: ChallengeElement) => {
      const main = root.querySelector("main[data-screen]");
      return {
        address: root.baseURI,
        isLoading: root.ownerDocument.readyState === "loading",
        screen: main?.getAttribute("data-screen") ?? undefined,
        challengeId: main?.getAttribute("data-challenge"),
        method: main?.getAttribute("data-method"),
        userId: main?.getAttribute("data-user"),
        isAlerted: root.querySelector('[role="alert"]') !== null,
      };
    };
    const root = this.#page.locator("html");
    for (const end = Date.now() + this.#timeout; Date.now() < end; ) {
      const seen = await root.evaluate(read, undefined, { timeout: GONE_AFTER }).catch(async (error: unknown) => {
        if (isGone(error) || (await root.count()) === 0) return undefined;
        if (isTimeout(error)) return "later";
        throw error;
      });
      if (seen === "later" || seen?.isLoading) continue;
      if (!seen?.address.startsWith(this.#home)) return undefined;
      const { screen, challengeId, method, userId, isAlerted } = seen;
      const challenge = challengeId && method && userId ? { challengeId, method, userId } : undefined;
      return { screen, challenge, isAlerted };
    }
    throw new VisitError(`The page is not there in full, after ${this.#timeout} ms`);
  }

  /** Returns the methods that can be chosen. */
  async methods(): Promise<string[]> {
    const fields = this.#form("choose").locator('input[name="method"]');
    const values = Array.from({ length: await fields.count() }, (_, index) => fields.nth(index).getAttribute("value"));
    return (await Promise.all(values)).map((value) => value ?? "");
  }

  /** Whether the page has a form. */
  async has(form: string): Promise<boolean> {
    return (await this.#form(form).count()) > 0;
  }

  /** Chooses a method, by its index. */
  choose(index: number): Promise<void> {
    return this.#click(this.#form("choose").nth(index).locator("button"));
  }

  async enter(code: string): Promise<void> {
    await this.#form("enter").locator('[name="code"]').fill(code, { timeout: this.#timeout });
    await this.press("enter");
  }

  /** Presses the button of a form: the only one, or that of an answer. */
  press(form: string, answer?: string): Promise<void> {
    return this.#click(this.#form(form).locator(answer === undefined ? "button" : `button[value="${answer}"]`));
  }

  follow(link: string): Promise<void> {
    return this.#click(this.#page.locator(`a[data-link="${link}"]`));
  }

  /**
   * Does something that leads to another page, and waits for that page.
   * @returns The content of that page, as `look` does.
   * @throws VisitError when the page does not change.
   */
  async goOn(act: () => Promise<void>): Promise<Sight | undefined> {
    const timeout = this.#timeout;
    const mark = (element: ChallengeElement) => element.setAttribute("data-left", "");
    await this.#page.locator(MAIN).evaluate(mark, undefined, { timeout });
    try {
      await act();
      await this.#page.locator("main[data-left]").waitFor({ state: "detached", timeout });
      return await this.look();
    } catch (error) {
      if (isGone(error)) return undefined;
      throw await this.problem("The page does not go on", error);
    }
  }

  /** Returns the error of a failed step: the message of the page, or else these words and what the page offers. */
  async problem(words: string, cause?: unknown): Promise<VisitError> {
    const alerts = this.#page.locator('[role="alert"]');
    if ((await alerts.count()) > 0) return new VisitError(await alerts.nth(0).innerText(), { cause });
    const controls = await Promise.all(
      Object.values(CONTROLS).map(async ({ selector, name }) => {
        const count = await this.#page.locator(selector).count();
        return count > 0 ? [name] : [];
      }),
    );
    const offers = [...(await this.methods()), ...controls.flat()];
    const rest = offers.length > 0 ? offers.join(", ") : `nothing. It says: ${await this.#text()}`;
    return new VisitError(`${words}; the page offers ${rest}`, { cause });
  }

  async #text(): Promise<string> {
    const texts = this.#page.locator("body");
    const text = (await texts.count()) > 0 ? await texts.innerText() : "";
    return text.trim().replaceAll(/\s*\n\s*/g, "\n");
  }

  #form(name: string): ChallengeLocator {
    return this.#page.locator(`form[data-form="${name}"]`);
  }

  #click(control: ChallengeLocator): Promise<void> {
    return control.nth(0).click({ timeout: this.#timeout });
  }
}

/** Returns the address of the page of an element. */
function addressOf(element: ChallengeLocator, timeout: number): Promise<string> {
  return element.evaluate(({ baseURI }) => baseURI, undefined, { timeout });
}

/** Whether a window was closed or a frame removed. Apps do so when the challenge is over. */
function isGone(error: unknown): boolean {
  return !isTimeout(error) && /has been closed|detached|context was destroyed/.test(`${fieldOf(error, "message")}`);
}

function isTimeout(error: unknown): boolean {
  return fieldOf(error, "name") === "TimeoutError";
}
