import { type Kinds, readOptions } from "../http/options.ts";
import { VisitError } from "../visit/page.ts";
import { visit } from "../visit/visit.ts";
import { codeFor, messageFor, type ReachableEmulator, type ShownChallenge } from "./challenge-codes.ts";
import { type ChallengePlace, PlaywrightPage } from "./playwright-page.ts";

/** Options of `completeChallenge`. */
export interface CompleteChallengeOptions {
  /** The emulator that has the codes and links: one of this process, or the address of one. */
  readonly emulator: ReachableEmulator;
  /** The method to choose, such as `"SMS"`. Default: the one that the page shows, or else the first that it offers. */
  readonly method?: string | undefined;
  /** The code to enter. Default: the right one. */
  readonly code?: string | undefined;
  /** Whether to approve. Default true. False denies a link or a push, and cancels on the page of a code. */
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
 * Completes the challenge on a page in a browser that Playwright drives. Waits for the page first, and then until the
 * browser has left it or it reports the end. Messages stay in the outbox.
 * @param page A page or, for the popup of the browser SDK, its frame: `page.frameLocator("iframe")`.
 * @throws VisitError with the message of the page or what it offers, when a step fails.
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

/** Goes to the page of a method, unless it is shown already. */
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

/** Does the last step, and checks that the challenge is over. */
async function finish(place: PlaywrightPage, act: () => Promise<void>): Promise<void> {
  const sight = await place.goOn(act);
  const isPending = sight?.screen !== undefined && ["choose", "enter"].includes(sight.screen);
  if (isPending || sight?.isAlerted) throw await place.problem("The challenge is not over");
}
