import { createEmulator, type Emulator, type EmulatorOptions } from "../emulator.ts";
import { type StartOptions, startEmulator } from "../start.ts";

/** What `test.extend` of vitest and of Playwright takes: hands a value to a test, and cleans up after it. */
export type EmulatorFixture = (context: object, use: (emulator: Emulator) => Promise<void>) => Promise<void>;

/**
 * Gives each test of vitest an emulator of its own without a port, which is closed afterwards:
 * `const test = baseTest.extend({ emulator: emulatorFixture() })`.
 */
export function emulatorFixture(options?: EmulatorOptions): EmulatorFixture {
  return fixtureOf(() => createEmulator(options));
}

/**
 * The same with a port, for tests with a browser: `base.extend<{ emulator: Emulator }>({ emulator: startedEmulatorFixture() })`
 * in Playwright.
 */
export function startedEmulatorFixture(options?: StartOptions): EmulatorFixture {
  return fixtureOf(() => startEmulator(options));
}

function fixtureOf(make: () => Emulator | Promise<Emulator>): EmulatorFixture {
  // Both test runners read here, from the text of the function, which other fixtures it needs: none.
  return async ({}, use) => {
    const emulator = await make();
    try {
      await use(emulator);
    } finally {
      await emulator.close();
    }
  };
}
