import { defineConfig } from "vitest/config";

/** For a separate run, because the tests need other runtimes. */
export default defineConfig({
  test: {
    include: ["test/runtimes/every-runtime.ts", "test/runtimes/bundles.ts"],
    globalSetup: "test/contract/prism.ts",
    reporters: ["default", "./test/runtimes/table.ts"],
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
