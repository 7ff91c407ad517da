import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { findChromium, launchOptions } from "../../scripts/chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of the browser of this run; undefined on a machine without one. */
    browser: string | undefined;
  }
}

/** Starts one browser for all tests. Without a browser, a message is printed and the tests are skipped. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    console.log("No Chromium is installed, so the browser tests are skipped. Install chromium, or set CHROMIUM.");
    project.provide("browser", undefined);
    return undefined;
  }
  const server = await chromium.launchServer({ ...launchOptions(executablePath), host: "127.0.0.1" });
  project.provide("browser", server.wsEndpoint());
  return () => server.close();
}
