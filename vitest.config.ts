import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/contract/**", "test/package/**"] } },
      { test: { name: "contract", include: ["test/contract/**/*.test.ts"], globalSetup: "test/contract/prism.ts" } },
      { test: { name: "package", include: ["test/package/**/*.test.ts"], testTimeout: 120_000 } },
    ],
  },
});
