import { defineConfig } from "vitest/config";

/** For a separate run, because the tests need third-party programs. */
export default defineConfig({
  test: {
    include: ["test/field/**/*.test.ts"],
    globalSetup: "test/field/setup.ts",
    reporters: ["default", "./test/field/table.ts"],
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
