import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { test as base, expect, inject } from "vitest";
import { type Emulator, type StartOptions, startEmulator } from "../../src/emulator/index.ts";
import { type App, action, type ServerPackage, startApp, userId } from "./app.ts";
import { problemsOf } from "./problems.ts";

export const phoneNumber = "+64270000000";
export const email = "jo@example.com";
export const otpUri = "otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP&issuer=Example";

/** What a phone is like. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

/** Somebody who has enrolled everything that can be confirmed by a code or a link. */
export const seed: NonNullable<StartOptions["seed"]> = {
  users: [{ userId, email, phoneNumber }],
  authenticators: [
    { userId, verificationMethod: "SMS", phoneNumber },
    { userId, verificationMethod: "EMAIL_OTP", email },
    { userId, verificationMethod: "EMAIL_MAGIC_LINK", email },
    { userId, verificationMethod: "AUTHENTICATOR_APP", otpUri },
    { userId, verificationMethod: "WHATSAPP", phoneNumber },
  ],
  recoveryCodes: [{ userId, code: "abcd-0123" }],
};

/** What a test can ask for. */
interface Setting {
  readonly emulator?: StartOptions;
  readonly server?: ServerPackage;
  readonly context?: BrowserContextOptions;
}

/** An emulator, an app and a browser window, each of its own. */
export interface Stage {
  readonly emulator: Emulator;
  readonly app: App;
  readonly page: Page;
  /** What went wrong in the browser so far. Take out what had to: what is left at the end fails the test. */
  readonly problems: string[];
}

/** A test with a browser. Nothing may go wrong in it but what it takes out of `problems`. */
export const test = base
  .extend("endpoint", { scope: "file" }, () => inject("browser"))
  .extend("browser", { scope: "file" }, async ({ endpoint }, { onCleanup }) => {
    if (endpoint === undefined) throw new Error("There is no browser");
    const browser = await chromium.connect(endpoint);
    onCleanup(() => browser.close());
    return browser;
  })
  .extend("open", async ({ browser }, { onCleanup }) => {
    const stages: (Stage & AsyncDisposable)[] = [];
    onCleanup(async () => {
      const problems = stages.flatMap((stage) => stage.problems);
      for (const stage of stages) await stage[Symbol.asyncDispose]();
      expect(problems, "what went wrong in the browser").toEqual([]);
    });
    return async (setting: Setting = {}): Promise<Stage> => {
      const stage = await openStage(browser, setting);
      stages.push(stage);
      return stage;
    };
  });

async function openStage(browser: Browser, setting: Setting): Promise<Stage & AsyncDisposable> {
  const emulator = await startEmulator({ seed, ...setting.emulator });
  emulator.rules.set(action, "CHALLENGE");
  const app = await startApp(emulator, setting.server);
  const context = await browser.newContext(setting.context);
  context.setDefaultTimeout(10_000);
  return {
    emulator,
    app,
    page: await context.newPage(),
    problems: problemsOf(context),
    async [Symbol.asyncDispose]() {
      await context.close();
      await app[Symbol.asyncDispose]();
      await emulator.close();
    },
  };
}
