import { type Kinds, readOptions } from "../http/options.ts";
import { VisitError } from "../visit/page.ts";
import { visit } from "../visit/visit.ts";
import { codeFor, messageFor, type ReachableEmulator, type ShownChallenge } from "./challenge-codes.ts";
import { type ChallengePlace, PlaywrightPage } from "./playwright-page.ts";

/** How to complete a challenge. */
export interface CompleteChallengeOptions {
  /** Where codes and links are found: an emulator of this process, or the address of one. */
  readonly emulator: ReachableEmulator;
  /** Which method to choose, such as `"SMS"`. Default: the one that is shown, or else the first that is offered. */
  readonly method?: string | undefined;
  /** The code to enter. Default: the right one. */
  readonly code?: string | undefined;
  /** Whether to say yes. Default true. No means to deny where that is asked, and to cancel where a code is. */
  readonly approve?: boolean | undefined;
  /** How long to wait for each step of the page, in milliseconds. Default 10,000. */
  readonly timeout?: number | undefined;
}

const OPTIONS: Kinds<CompleteChallengeOptions> = {
  emulator: ["object"],
  method: ["string"],
  code: ["string"],
  approve: ["boolean"],
  timeout: ["number"],
};

/**
 * Goes through the challenge page in a browser that Playwright drives, and waits until the browser has left it or it says
 * that it is over. The page may still be on its way: this waits for it. Messages stay in the outbox.
 * @param page A page or, for the popup of the browser SDK, its frame: `page.frameLocator("iframe")`.
 * @throws VisitError that says what the page says or offers, when it does not go on.
 */
export async function completeChallenge(page: ChallengePlace, given: CompleteChallengeOptions): Promise<void> {
  const options = readOptions("completeChallenge", given, OPTIONS);
  const { emulator, approve = true, timeout = 10_000 } = options;
  const place = await PlaywrightPage.at(page, timeout);
  const challenge = await choose(place, options.method);
  if (await place.has("enter")) {
    if (!approve) return finish(place, () => place.press("cancel"));
    const code = options.code ?? (await codeFor(emulator, challenge));
    return finish(place, () => place.enter(code));
  }
  if (options.code !== undefined) throw new VisitError(`${challenge.method} asks for no code`);
  if (await place.has("answer")) return finish(place, () => place.press("answer", approve ? "approve" : "deny"));
  const { url } = await messageFor(emulator, challenge);
  if (url === undefined) throw await place.problem(`There is nothing to do for ${challenge.method}`);
  const link = await visit(url);
  await (approve ? link.approve() : link.deny());
  return finish(place, () => place.follow("continue"));
}

/** Goes to the page of a method, unless it is there. */
async function choose(place: PlaywrightPage, method: string | undefined): Promise<ShownChallenge> {
  const shown = (await place.look())?.challenge;
  if (shown && (method === undefined || method === shown.method)) return shown;
  if (shown) await place.goOn(() => place.follow("another"));
  const offered = await place.methods();
  const wanted = offered.indexOf(method ?? offered[0] ?? "");
  if (wanted === -1) throw await place.problem(`There is no ${method ?? "method to choose"} here`);
  const sight = await place.goOn(() => place.choose(wanted));
  if (sight?.challenge) return sight.challenge;
  throw await place.problem(`${offered[wanted]} could not be chosen`);
}

/** Does the last thing on the page. */
async function finish(place: PlaywrightPage, act: () => Promise<void>): Promise<void> {
  const sight = await place.goOn(act);
  const isAsked = sight?.screen === undefined ? false : ["choose", "enter"].includes(sight.screen);
  if (isAsked || sight?.isAlerted) throw await place.problem("The challenge is not over");
}
