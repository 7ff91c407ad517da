const NEEDED = ["Headers", "ReadableStream", "Request", "Response", "structuredClone", "TextDecoder", "TextEncoder"];

/**
 * Looks for what the emulator needs of its platform.
 * @throws Error that says what to change, where something is missing, as in Jest's jsdom.
 */
export function requirePlatform(): void {
  const missing = NEEDED.filter((name) => !(name in globalThis));
  if (missing.length === 0) return;
  throw new Error(
    `The emulator needs ${missing.join(", ")}, which Node has and this test environment hides. In Jest, run these tests with the environment "node": put /** @jest-environment node */ at the top of the file`,
  );
}

// At once, because the libraries of the emulator fail with less clear words when they are loaded.
requirePlatform();
