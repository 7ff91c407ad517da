import { defineConfig } from "vitest/config";

/** For a run of its own: it takes minutes, and judges memory. */
export default defineConfig({
  test: { include: ["test/soak/**/*.test.ts"], testTimeout: 600_000, hookTimeout: 60_000 },
});
