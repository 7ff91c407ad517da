import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

/** Recipes import this package by its name, as those who copy them do. */
const alias = [
  { find: /^authsignal-ts$/, replacement: resolve("src/index.ts") },
  { find: /^authsignal-ts\/(.*)$/, replacement: resolve("src/$1/index.ts") },
];

export default defineConfig({
  resolve: { alias },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/contract/**", "test/package/**", "test/browser/**", "test/faults/**", "test/soak/**"],
        },
      },
      {
        extends: true,
        test: { name: "contract", include: ["test/contract/**/*.test.ts"], globalSetup: "test/contract/prism.ts" },
      },
      { extends: true, test: { name: "package", include: ["test/package/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/browser/setup.ts",
          setupFiles: "test/browser/skip.ts",
          // Playwright is loaded once, and the tests run when the others do not need the processors any more.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
