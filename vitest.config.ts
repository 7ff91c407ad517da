import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { builtForTests } from "./test/support/built.ts";

/** Resolves imports of this package by its name, which examples use, to its source. */
const packageOfExamples = {
  name: "package-of-examples",
  enforce: "pre" as const,
  resolveId(id: string, importer = "") {
    const ours = /^authsignal-ts(\/[\w-]+)?$/.exec(id);
    if (!ours || !/\/test\/(examples\/|browser\/examples\.)/.test(importer)) return undefined;
    return resolve(`src${ours[1] === "/migrate" ? "/authy/migrate" : (ours[1] ?? "")}/index.ts`);
  },
};

export default defineConfig({
  plugins: [packageOfExamples],
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["contract", "package", "browser", "faults", "soak", "field"].map((folder) => `test/${folder}/**`),
        },
      },
      {
        extends: true,
        test: { name: "contract", include: ["test/contract/**/*.test.ts"], globalSetup: "test/contract/prism.ts" },
      },
      { extends: true, test: { name: "package", include: ["test/package/**/*.test.ts"] } },
      {
        extends: true,
        plugins: [builtForTests],
        test: {
          // The built package passes the same tests: vectors of webhooks, the table of calls, and a part of the faults.
          name: "dist",
          include: [
            "test/webhook/{body,delivery,header,hostile,keys,tampering}.test.ts",
            "test/contract/{contract,typed-client,emulator}.test.ts",
            "test/docs/readme-faults.test.ts",
          ],
          env: { AUTHSIGNAL_TESTED: "dist" },
          globalSetup: ["test/contract/prism.ts", "test/package/fresh.ts"],
          server: { deps: { external: [/\/dist\/[\w-]+\.c?js$/] } },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/browser/setup.ts",
          setupFiles: "test/browser/skip.ts",
          // Playwright is loaded once, and the tests run after all others, because they need the processors.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
