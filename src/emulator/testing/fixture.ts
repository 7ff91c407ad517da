import { createEmulator, type Emulator, type EmulatorOptions } from "../emulator.ts";
import { type StartOptions, startEmulator } from "../start.ts";

/** A fixture for `test.extend` of vitest and of Playwright: passes an emulator to a test, and closes it after it. */
export type EmulatorFixture = (context: object, use: (emulator: Emulator) => Promise<void>) => Promise<void>;

/**
 * Returns a fixture that gives each test of vitest an emulator of its own, without a port:
 * `const test = baseTest.extend({ emulator: emulatorFixture() })`.
 */
export function emulatorFixture(options?: EmulatorOptions): EmulatorFixture {
  return fixtureOf(() => createEmulator(options));
}

/**
 * Returns a fixture that gives each test an emulator of its own with a port, for tests with a browser: `base.extend<{ emulator: Emulator }>({ emulator: startedEmulatorFixture() })`
 * in Playwright.
 */
export function startedEmulatorFixture(options?: StartOptions): EmulatorFixture {
  return fixtureOf(() => startEmulator(options));
}

function fixtureOf(make: () => Emulator | Promise<Emulator>): EmulatorFixture {
  // Both test runners read the fixtures that a function needs from its first parameter. This one needs none.
  return async ({}, use) => {
    const emulator = await make();
    try {
      await use(emulator);
    } finally {
      await emulator.close();
    }
  };
}
