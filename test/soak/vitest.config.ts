import { defineConfig } from "vitest/config";

/** For a separate run, because the tests take minutes and measure memory. */
export default defineConfig({
  test: { include: ["test/soak/**/*.test.ts"], testTimeout: 600_000, hookTimeout: 60_000 },
});
