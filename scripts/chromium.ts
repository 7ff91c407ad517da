import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { LaunchOptions } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Finds the Chromium of this machine: that of the environment variable CHROMIUM, or else one on the PATH.
 * @throws Error when CHROMIUM is no program.
 */
export function findChromium(): string | undefined {
  const { CHROMIUM: wanted, PATH = "" } = process.env;
  if (wanted) {
    if (isProgram(wanted)) return wanted;
    throw new Error(`CHROMIUM is ${wanted}, where there is no program`);
  }
  const folders = PATH.split(delimiter).filter((folder) => folder !== "");
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
}

/** The options to start Chromium. As root it does not start with its sandbox. */
export function launchOptions(executablePath: string): LaunchOptions {
  return { executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
