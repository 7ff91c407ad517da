import { join } from "node:path";
import { expect, test } from "vitest";
import { remove, run, temporaryFolder } from "../../../scripts/pack.ts";
import { authyWorked, useConsumers, worked } from "../consumer.ts";

// Programs of a consumer, bundled by webpack for production.

const BUILD = join(import.meta.dirname, "webpack-build.cjs");
const PROGRAMS = ["main", "authy"];
const BUNDLES = PROGRAMS.map((program) => `${program}.cjs`);

const { install, start } = useConsumers();

/** What webpack said and wrote. */
async function bundle(target: string, folder: string): Promise<unknown> {
  const project = await install("plain");
  const { stdout } = await run(process.execPath, [BUILD, target, folder, ...PROGRAMS], { cwd: project });
  return JSON.parse(stdout);
}

test("bundles for Node without a warning, and what it makes works where nothing is installed", async () => {
  const folder = await temporaryFolder();
  try {
    const files = expect.arrayContaining(BUNDLES);
    expect(await bundle("node", folder)).toEqual({ messages: [], files });
    expect(await start(folder, "main.cjs")).toEqual(worked);
    expect(await start(folder, "authy.cjs")).toEqual(authyWorked);
  } finally {
    await remove(folder);
  }
});

test.each(["webworker", "web"])("bundles for %s without a warning", async (target) => {
  const folder = await temporaryFolder();
  try {
    expect(await bundle(target, folder)).toEqual({ messages: [], files: expect.arrayContaining(BUNDLES) });
  } finally {
    await remove(folder);
  }
});
