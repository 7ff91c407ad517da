import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** For a separate run, because the tests need tools that this project does not use. */
export default defineConfig({
  test: {
    include: ["compilers", "jest", "webpack"].map((tool) => `test/package/tools/${tool}.ts`),
    // The time is spent in other processes.
    sequence: { concurrent: true },
    maxConcurrency: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
