/** Takes the pictures of README.md: the challenge page and the inspector, at a fixed time. Run it with `make screenshots`. */
import { once } from "node:events";
import { mkdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join, relative } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type Emulator, startEmulator } from "../src/emulator/index.ts";
import { sampleSeed } from "../src/emulator/tenant/sample.ts";
import { Authsignal } from "../src/index.ts";
import { findChromium, launchOptions } from "./chromium.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, ".github/screenshots");
const NOW = Date.UTC(2026, 5, 15, 10, 24);
/** The size limit of a picture in bytes. */
const LIMIT = 150_000;

process.env.TZ = "UTC";

/** Color schemes and sizes of the pictures. */
const LOOKS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: {
    colorScheme: "light",
    viewport: { width: 390, height: 720 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  },
} as const satisfies Record<string, BrowserContextOptions>;

/** A picture of the page that `show` opens. */
interface Scene {
  readonly name: string;
  readonly screen: Pick<BrowserContextOptions, "viewport" | "deviceScaleFactor">;
  readonly show: (page: Page) => Promise<void>;
}

/** Makes actions of users for the inspector; returns the URL of a challenge page. */
async function makeTraffic(emulator: Emulator, webhookUrl: string): Promise<string> {
  const { apiSecretKey, apiUrl, clock, outbox, webhooks } = emulator;
  const authsignal = new Authsignal({ apiSecretKey, apiUrl, retries: 0 });
  emulator.import(sampleSeed({ tenantId: emulator.tenantId, origin: emulator.origin, now: NOW }));
  webhooks.configure({ url: webhookUrl });
  const at = (secondsAgo: number) => clock.freeze(NOW - secondsAgo * 1_000);
  at(31);
  await authsignal.track({ userId: "sam", action: "signIn", attributes: { custom: { country: "NZ" } } });
  const misspelt = { custom: { amount: 80 }, redirectURL: "http://localhost:3000/" };
  await authsignal.track({ userId: "jo", action: "withdraw", attributes: misspelt }).catch(() => undefined);
  at(29);
  const attributes = { redirectUrl: "http://localhost:3000/callback", custom: { amount: 250.5, currency: "NZD" } };
  const waiting = await authsignal.track({ userId: "jo", action: "withdraw", attributes });
  at(26);
  const passed = await authsignal.track({ userId: "jo", action: "withdraw", attributes });
  at(21);
  const visit = await emulator.visit(passed.url);
  await visit.choose("EMAIL_OTP");
  at(9);
  const { token } = await visit.enter(outbox.last({ to: "jo@example.com" })?.code);
  at(8);
  await authsignal.validateChallenge({ userId: "jo", action: "withdraw", token });
  await webhooks.sendSample("authenticator.created");
  await webhooks.settle();
  at(0);
  return waiting.url;
}

/** Starts a server that accepts all webhooks. */
async function startHandler(): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => request.resume().on("end", () => response.end("Thank you")));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The handler has no port");
  return {
    url: `http://127.0.0.1:${address.port}/webhooks`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function take(browser: Browser, { name, screen, show }: Scene, look: keyof typeof LOOKS): Promise<void> {
  const context = await browser.newContext({
    ...screen,
    timezoneId: "UTC",
    locale: "en-GB",
    reducedMotion: "reduce",
    ...LOOKS[look],
  });
  try {
    const page = await context.newPage();
    await show(page);
    const path = join(folder, `${name}-${look}.png`);
    await page.screenshot({ path, animations: "disabled", caret: "hide" });
    const bytes = statSync(path).size;
    console.log(`${relative(root, path).padEnd(44)} ${Math.round(bytes / 1_000)} kB`);
    if (bytes > LIMIT) throw new Error(`${path} has ${bytes} bytes, which is more than ${LIMIT}`);
  } finally {
    await context.close();
  }
}

const executablePath = findChromium();
if (executablePath === undefined) throw new Error("No Chromium is installed: install chromium, or set CHROMIUM");
mkdirSync(folder, { recursive: true });
await using emulator = await startEmulator();
await using handler = await startHandler();
await using browser = await chromium.launch(launchOptions(executablePath));
const url = await makeTraffic(emulator, handler.url);
const moment = emulator.snapshot();

const scenes: Scene[] = [
  {
    name: "inspector",
    screen: { viewport: { width: 1_200, height: 720 }, deviceScaleFactor: 1 },
    async show(page) {
      await page.goto(emulator.origin);
      await page.getByText("Live", { exact: true }).waitFor();
    },
  },
  {
    name: "choose",
    screen: { viewport: { width: 720, height: 560 }, deviceScaleFactor: 2 },
    async show(page) {
      await page.goto(url);
    },
  },
  {
    name: "code",
    screen: { viewport: { width: 720, height: 560 }, deviceScaleFactor: 2 },
    async show(page) {
      await page.goto(url);
      await page.getByRole("button", { name: "Text message" }).click();
      await page.locator("[name=code]").fill("123456");
    },
  },
];
for (const scene of scenes) {
  for (const look of ["light", "dark", "phone"] as const) {
    emulator.restore(moment);
    await take(browser, scene, look);
  }
}
