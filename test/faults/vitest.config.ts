import { defineConfig } from "vitest/config";

/** For a separate run, because the tests measure time and memory, which other tests would disturb. */
export default defineConfig({
  test: { include: ["test/faults/**/*.test.ts"], maxConcurrency: 6, testTimeout: 60_000, hookTimeout: 60_000 },
});
