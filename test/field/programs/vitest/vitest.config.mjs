export default { test: { include: ["*.vitest.mjs"], globals: true, testTimeout: 60_000 } };
