import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../../scripts/pack.ts";
import { useConsumers } from "../consumer.ts";
import { tool } from "./tool.ts";

// Tests of a consumer, which Jest runs in a separate realm, with other classes and globals than those of Node.

const { install, env } = useConsumers();

interface Options {
  readonly node?: string[];
  readonly apiUrl?: string;
}

/** Runs the tests of one file and returns the output of Jest, which must exit without a signal. */
async function jest(file: string, { node = [], apiUrl = env().API_URL }: Options = {}) {
  const project = await install("jest");
  const command = [...node, join(tool("jest"), "bin/jest.js"), "--ci", "--json", "--runTestsByPath", file];
  const options = { cwd: project, env: { ...env(), API_URL: apiUrl }, timeout: 50_000 };
  const { stdout, stderr } = await run(process.execPath, command, options).catch((error) => error);
  const { numPassedTests, numFailedTests } = JSON.parse(stdout || "{}");
  return { passed: numPassedTests, failed: numFailedTests, says: stderr };
}

test("CommonJS in Jest", async () => {
  const { says, ...counted } = await jest("commonjs.test.js");
  expect(counted, says).toEqual({ passed: 5, failed: 0 });
});

test("ES modules in Jest", async () => {
  const { says, ...counted } = await jest("modules.test.mjs", { node: ["--experimental-vm-modules"] });
  expect(counted, says).toEqual({ passed: 3, failed: 0 });
});

test("a test that has to fail does so", async () => {
  const { says, ...counted } = await jest("commonjs.test.js", { apiUrl: "http://127.0.0.1:1/v1" });
  expect(counted, says).toEqual({ passed: 3, failed: 2 });
});
