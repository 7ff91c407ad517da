import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { test as base, expect, inject } from "vitest";
import { type Emulator, type StartOptions, startEmulator } from "../../src/emulator/index.ts";
import { type App, action, type ServerPackage, startApp, userId } from "./app.ts";
import { problemsOf } from "./problems.ts";

export const phoneNumber = "+64270000000";
export const email = "jo@example.com";
export const otpUri = "otpauth://totp/Example:jo?secret=JBSWY3DPEHPK3PXP&issuer=Example";

/** The screen of a phone. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

/** A user with all methods that use a code or a link. */
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

/** Options of a test. */
interface Setting {
  readonly emulator?: StartOptions;
  readonly server?: ServerPackage;
  readonly context?: BrowserContextOptions;
}

/** An emulator, an app and a browser window, used by one test. */
export interface Stage {
  readonly emulator: Emulator;
  readonly app: App;
  readonly page: Page;
  /** Errors in the browser. A test removes those that it expects: any other fails it at its end. */
  readonly problems: string[];
}

/** A test with a browser. It fails on errors in the browser that it has not removed from `problems`. */
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
