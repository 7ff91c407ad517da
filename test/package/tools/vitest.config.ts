import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** For a run of its own: it needs tools of consumers that this project does not use itself. */
export default defineConfig({
  test: {
    include: ["compilers", "jest", "webpack"].map((tool) => `test/package/tools/${tool}.ts`),
    // What takes time here are processes of their own.
    sequence: { concurrent: true },
    maxConcurrency: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
