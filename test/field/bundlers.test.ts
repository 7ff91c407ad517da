import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { remove, temporaryFolder } from "../../scripts/pack.ts";
import { checkCalls, field, type Outcome, row, runNode, startService } from "./support.ts";

// Programs in one file, which run in a folder without packages.

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => remove(folder));

const programs = join(field, "programs/bundled");
const bundled = new Map<string, Promise<unknown>>();

/** Bundles a program in both formats at once, in half of the time, and returns the warnings. */
function bundle(bundler: string, program: string): Promise<unknown> {
  const output = join(folder, `${program}.${bundler}`);
  const running =
    bundled.get(output) ?? runNode([join(programs, "bundle.mjs"), bundler, program, output], {}, { cwd: programs });
  bundled.set(output, running);
  return running;
}

/** Runs a bundled program and adds the warnings to its report. */
async function runBundled(bundler: string, format: string, program: string, client: string): Promise<Outcome> {
  const warnings = await bundle(bundler, program);
  const { apiUrl, seen } = await startService();
  const file = `${program}.${bundler}.${format === "esm" ? "mjs" : "cjs"}`;
  const report = await runNode([join(folder, file)], { API_URL: apiUrl, CLIENT: client }, { cwd: folder });
  return { report: { ...report, ...Object(warnings) }, seen };
}

const GUARD = "worked before: guards an emulator in one file";

/** The versions, and the first outcome of an emulator in an ES module. */
const BUNDLERS: [name: string, version: string, reason: string][] = [
  ["esbuild", "0.28.2", "the program did not load: Dynamic require of node:crypto"],
  ["rollup", "4.68.8", GUARD],
  ["webpack", "5.112.2", GUARD],
];

for (const [bundler, version, reason] of BUNDLERS) {
  for (const format of ["esm", "cjs"]) {
    row(`${bundler} ${version}, ${format}, for Node`, {
      reason: "worked before: guards client, webhooks and step-up in one file",
      official: bundler === "esbuild" && format === "esm" ? { fails: "does not load", as: /Dynamic require/ } : "works",
      run: (client) => runBundled(bundler, format, client, client),
      check(outcome: Outcome, client) {
        checkCalls(outcome);
        if (client === "ours") expect(outcome.report).toMatchObject({ stepUp: "function", warnings: [] });
      },
    });

    row(`${bundler} ${version}, ${format}, for Node, the emulator`, {
      reason: format === "esm" ? reason : GUARD,
      official: "none",
      run: () => runBundled(bundler, format, "emulator", "ours"),
      check: ({ report }: Outcome) => expect(report).toMatchObject({ tracked: { state: "BLOCK" }, warnings: [] }),
    });
  }
}
