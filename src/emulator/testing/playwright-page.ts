import { CONTROLS, VisitError } from "../visit/page.ts";
import type { ShownChallenge } from "./challenge-codes.ts";

// Playwright is not imported: what is needed of it is described here, and a test holds it against the real types.

/** A page, a frame, or a frame locator of Playwright. */
export interface ChallengePlace {
  /** Finds elements by a CSS selector. */
  locator(selector: string): ChallengeLocator;
}

/** A locator of Playwright. */
export interface ChallengeLocator {
  /** Finds elements inside of these. */
  locator(selector: string): ChallengeLocator;
  /** One of the elements, by its place from 0. */
  nth(index: number): ChallengeLocator;
  /** How many elements there are now. */
  count(): Promise<number>;
  /** Clicks on the element. */
  click(options?: { timeout?: number }): Promise<void>;
  /** Puts a text into the field. */
  fill(value: string, options?: { timeout?: number }): Promise<void>;
  /** The value of an attribute; null when there is none. */
  getAttribute(name: string, options?: { timeout?: number }): Promise<string | null>;
  /** The text that can be read. */
  innerText(options?: { timeout?: number }): Promise<string>;
  /** Waits until the element is there, or is gone. */
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
  /** Its page, and how far that was read. */
  readonly ownerDocument: {
    /** `loading` until all of it was read. */
    readonly readyState: string;
  };
  /** The value of an attribute; null when there is none. */
  getAttribute(name: string): string | null;
  /** Gives an attribute a value. */
  setAttribute(name: string, value: string): void;
  /** The first element inside of it that fits a CSS selector. */
  querySelector(selector: string): ChallengeElement | null;
}

/** What there is to see on a challenge page. */
export interface Sight {
  /** What the page is for, such as `enter`. */
  readonly screen: string | undefined;
  /** The challenge that it is about, if it is about one. */
  readonly challenge: ShownChallenge | undefined;
  /** Whether something went wrong. */
  readonly isAlerted: boolean;
}

const MAIN = "main[data-screen]";
/** How long a frame is empty, in milliseconds, until it is taken for gone. */
const GONE_AFTER = 1_000;

/** A challenge page in a browser. */
export class PlaywrightPage {
  readonly #page: ChallengePlace;
  readonly #timeout: number;
  /** What the addresses of all challenge pages begin with. */
  readonly #home: string;

  private constructor(page: ChallengePlace, timeout: number, home: string) {
    this.#page = page;
    this.#timeout = timeout;
    this.#home = home;
  }

  /**
   * Waits until a challenge page is there.
   * @param timeout How long to wait for it and for each of its steps, in milliseconds.
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

  /** What is to see; undefined when it is none of the challenge pages, or when window or frame are gone. */
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

  /** The methods to choose from. */
  async methods(): Promise<string[]> {
    const fields = this.#form("choose").locator('input[name="method"]');
    const values = Array.from({ length: await fields.count() }, (_, index) => fields.nth(index).getAttribute("value"));
    return (await Promise.all(values)).map((value) => value ?? "");
  }

  /** Whether there is a form. */
  async has(form: string): Promise<boolean> {
    return (await this.#form(form).count()) > 0;
  }

  /** Chooses one of the methods, by its place among them. */
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
   * @returns What is to see there, as `look` does.
   * @throws VisitError when no page comes.
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

  /** What went wrong: what the page says, or else these words and what it offers. */
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

/** The address of the page that holds an element. */
function addressOf(element: ChallengeLocator, timeout: number): Promise<string> {
  return element.evaluate(({ baseURI }) => baseURI, undefined, { timeout });
}

/** A window that was closed, or a frame that was taken away: apps do so when they have what they wanted. */
function isGone(error: unknown): boolean {
  return !isTimeout(error) && /has been closed|detached|context was destroyed/.test(Object(error).message);
}

function isTimeout(error: unknown): boolean {
  return Object(error).name === "TimeoutError";
}
