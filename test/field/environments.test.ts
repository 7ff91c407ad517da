import { join } from "node:path";
import { expect } from "vitest";
import { checkCalls, field, NODE_24, type Outcome, row, runNode, startService } from "./support.ts";

// Environments with other globals than those of Node: test environments, and libraries that replace globals.

row("zone.js 0.16.3", {
  reason: "snakeCase gave isEnrolled, so is_enrolled was undefined",
  program: "zone.cjs",
  check({ report, seen }: Outcome, client) {
    checkCalls({ report, seen: seen.slice(0, 4) });
    expect(report.zoned).toBe("ZoneAwarePromise");
    if (client === "ours") expect(report.user).toMatchObject({ is_enrolled: true });
  },
});

/** Runs one test file with a test runner. */
function inRunner(words: readonly string[], folder: string) {
  return async (client: string): Promise<Outcome> => {
    const { apiUrl, seen } = await startService();
    const env = { CLIENT: client, API_URL: apiUrl };
    const [runner = "", ...rest] = words;
    const program = join(field, "node_modules", runner);
    const report = await runNode([program, ...rest], env, { cwd: join(field, "programs", folder) });
    return { report, seen };
  };
}

/** The failure of axios, which prefers the XMLHttpRequest of the environment. */
const BLOCKED = { fails: "calls by XMLHttpRequest, which asks for CORS", as: /Network Error|Cross-Origin/ };

row("Jest 30.5.2 with jsdom", {
  reason: "the constructor threw: TextEncoder is not defined",
  official: BLOCKED,
  run: inRunner(["jest/bin/jest.js", "--ci", "--runInBand", "client"], "jest"),
});

row("Jest 30.5.2 with jsdom, the emulator", {
  reason:
    "Class extends value undefined: jsdom has no Request, which the message must say if the emulator cannot do without",
  official: "none",
  run: inRunner(["jest/bin/jest.js", "--ci", "--runInBand", "emulator"], "jest"),
  check({ report }: Outcome) {
    expect(JSON.stringify(report.tracked)).toMatch(/"state":"BLOCK"|"message":"[^"]*(jsdom|test environment)/i);
  },
});

const ENVIRONMENTS: [name: string, version: string, reason: string, ofEmulator: string][] = [
  [
    "jsdom",
    "27.4.0",
    "a webhook was refused when its body was a Buffer",
    "behind msw a POST came as a GET without a body",
  ],
  [
    "happy-dom",
    "20.14.6",
    "worked before: guards a client among the globals of a browser",
    "GETs were answered with 500",
  ],
];

for (const [environment, version, reason, ofEmulator] of ENVIRONMENTS) {
  row(`vitest 4.1.12 with ${environment} ${version}`, {
    reason,
    official: BLOCKED,
    run: inRunner(["vitest/vitest.mjs", "run", "--environment", environment, "client"], "vitest"),
  });

  row(`vitest 4.1.12 with ${environment} ${version}, the emulator`, {
    reason: ofEmulator,
    official: "none",
    run: inRunner(["vitest/vitest.mjs", "run", "--environment", environment, "emulator"], "vitest"),
    check({ report }: Outcome) {
      const both = { track: { state: "BLOCK" }, getUser: { isEnrolled: false } };
      expect(report).toMatchObject({ withPort: both, withoutPort: both, withMsw: both });
    },
  });
}

row("Node without a global crypto", {
  reason: "track failed: there was no crypto to make an idempotencyKey with",
  program: "plain.cjs",
  flags: ["--require", "./no-crypto.cjs"],
});

row("Node with --frozen-intrinsics", {
  reason: "worked before: guards a client among globals that cannot be changed",
  program: "plain.cjs",
  flags: ["--frozen-intrinsics"],
});

row("Node with prototypes that were frozen before", {
  reason: "the import threw: Error.prototype was frozen",
  program: "plain.cjs",
  flags: ["--require", "./freeze.cjs"],
  official: { fails: "does not load", as: /Cannot assign to read only property/ },
});

row("Node 24 with --permission and --throw-deprecation", {
  reason: "worked before: guards a client that may do no more than call",
  program: "plain.cjs",
  node: NODE_24,
  flags: ["--permission", "--allow-fs-read=*", "--allow-fs-write=*", "--throw-deprecation", "--pending-deprecation"],
});
