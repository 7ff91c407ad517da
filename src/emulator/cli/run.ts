import { once } from "node:events";
import { version } from "../../../generated/version.ts";
import { fieldOf } from "../../platform/fields.ts";
import type { Emulator } from "../emulator.ts";
import { startInOwnProcess } from "../start.ts";
import { sampleSeed } from "../tenant/sample.ts";
import { type Arguments, helpText, parseArguments, UsageError } from "./arguments.ts";
import { openInBrowser } from "./browser.ts";
import { readSeed } from "./seed-file.ts";
import { startupJson, startupText } from "./startup-text.ts";

/** The outputs of the command, and the signal that stops it. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Aborted to stop the emulator. */
  readonly stop: AbortSignal;
}

/**
 * Runs the command: starts an emulator and waits for the signal to stop.
 * @param argv The arguments of the command line.
 * @returns The exit code: 0 when the emulator was stopped, 1 when it could not start, 2 when the command line is wrong.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const given = parseArguments(argv);
    if (given.print) io.out(given.print === "help" ? helpText() : `${version}\n`);
    else await serve(given, io);
    return 0;
  } catch (error) {
    io.err(`authsignal-emulator: ${fieldOf(error, "message")}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function serve(given: Arguments, { out, err, stop }: Io): Promise<void> {
  const { options, seedFile, isSample, isJson, opensBrowser } = given;
  if (process.env.NODE_ENV === "production" && !options.allowProduction) {
    throw new Error(
      "It is for development and tests, and NODE_ENV is production: pass --allow-production if you mean it",
    );
  }
  const seed = seedFile === undefined ? undefined : await readSeed(seedFile);
  const emulator = await startInOwnProcess({ ...options, seed });
  try {
    if (isSample && isEmpty(emulator)) emulator.import(sampleSeed(emulator));
    out(isJson ? startupJson(emulator) : startupText(emulator, given));
    if (opensBrowser) {
      const address = emulator.inspectorUrl;
      openInBrowser(address, (reason) => err(`No browser could be opened (${reason}). Open ${address} yourself.\n`));
    }
    if (!stop.aborted) await once(stop, "abort");
  } finally {
    await emulator.close();
  }
}

/** Whether an emulator has no data from an earlier run. */
function isEmpty(emulator: Emulator): boolean {
  return Object.values(emulator.export()).every((rows) => Object.keys(rows ?? {}).length === 0);
}
