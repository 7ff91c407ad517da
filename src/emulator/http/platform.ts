const NEEDED = ["Headers", "ReadableStream", "Request", "Response", "structuredClone", "TextDecoder", "TextEncoder"];

/**
 * Checks that the platform has the globals that the emulator needs.
 * @throws Error that says what to change, where something is missing, as in Jest's jsdom.
 */
export function requirePlatform(): void {
  const missing = NEEDED.filter((name) => !(name in globalThis));
  if (missing.length === 0) return;
  throw new Error(
    `The emulator needs ${missing.join(", ")}, which Node has and this test environment hides. In Jest, run these tests with the environment "node": put /** @jest-environment node */ at the top of the file`,
  );
}

// Called while this module is loaded, before libraries that would fail with a less clear message.
requirePlatform();
