import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { version } from "../../generated/version.ts";
import { run } from "../../scripts/pack.ts";
import { sampleSeed } from "../../src/emulator/tenant/sample.ts";
import { Authsignal } from "../../src/index.ts";
import { authyWorked, compile, emulated, useConsumers, users, worked } from "./consumer.ts";

const { install, start } = useConsumers();

describe("installed from its tarball, the package works", () => {
  test("in an ESM TypeScript project with Node's types", async () => {
    const project = await install("esm-typescript", { nodeTypes: true });
    expect(await compile(project)).toBe("");
    expect(await start(project, "main.js")).toEqual(worked);
    expect(await start(project, "authy.js")).toEqual(authyWorked);
    expect(await start(project, "emulator.js")).toEqual(emulated);
  });

  test("in an ESM TypeScript project with the types of a browser", async () => {
    const project = await install("dom-typescript");
    expect(await compile(project)).toBe("");
  });

  test.each(["tsconfig.json", "tsconfig.node10.json"])("in a CommonJS TypeScript project (%s)", async (config) => {
    const project = await install("commonjs-typescript", { nodeTypes: true });
    expect(await compile(project, ["-p", config])).toBe("");
    expect(await start(project, "main.js")).toEqual(worked);
    expect(await start(project, "authy.js")).toEqual(authyWorked);
    expect(await start(project, "emulator.js")).toEqual(emulated);
  });

  test("in a CommonJS project", async () => {
    const project = await install("commonjs");
    expect(await start(project, "main.js")).toEqual(worked);
    expect(await start(project, "authy.js")).toEqual(authyWorked);
  });

  test("in a plain .mjs file", async () => {
    const project = await install("plain");
    expect(await start(project, "main.mjs")).toEqual(worked);
    expect(await start(project, "authy.mjs")).toEqual(authyWorked);
  });

  test("imported and required in one process, and by no other path", async () => {
    const project = await install("both", { nodeTypes: true });
    expect(await compile(project)).toBe("");
    const shown = [true, false, "SMS token was sent", "60026", "AuthyError", "invalid_argument"];
    expect(await start(project, "main.mjs")).toEqual({
      states: ["ALLOW", "ALLOW"],
      shown: [shown, shown],
      sameNames: [true, true, true, true],
      sameEmulator: true,
      deep: Array(5).fill("ERR_PACKAGE_PATH_NOT_EXPORTED"),
      manifest: "authsignal-ts",
    });
  });

  test("as a program that serves the emulator", async () => {
    const project = await install("commonjs");
    const npx = spawn("npx", ["--offline", "authsignal-emulator", "--json", "--port", "0"], {
      cwd: project,
      detached: true,
    });
    try {
      const [output] = await once(npx.stdout, "data");
      const { apiUrl, origin, inspectorUrl, apiSecretKey, callConnectSecretKey, pid, ...rest } = JSON.parse(output);
      expect({ rest, callConnectSecretKey }).toEqual({ rest: {}, callConnectSecretKey: "sk_emulator_connect_default" });
      expect(await (await fetch(inspectorUrl, { headers: { accept: "text/html" } })).text()).toMatch(
        /^<!doctype html>/,
      );
      expect(await (await fetch(`${origin}/health`)).json()).toMatchObject({ status: "ok" });
      const authsignal = new Authsignal({ apiUrl, apiSecretKey });
      expect((await authsignal.track({ userId: "ann", action: "withdraw" })).state).toBe("ALLOW");
      process.kill(pid, "SIGINT");
      expect(await once(npx, "close")).toEqual([0, null]);
    } finally {
      if (npx.pid !== undefined && npx.exitCode === null) process.kill(-npx.pid, "SIGKILL");
    }
  });

  test("as a program that migrates users", async () => {
    const project = await install("commonjs");
    const npx = (...args: string[]) => run("npx", ["--offline", "authsignal-migrate-authy", ...args], { cwd: project });
    expect((await npx("--version")).stdout).toBe(`${version}\n`);
    expect((await npx("--help")).stdout).toMatch(/^Usage: authsignal-migrate-authy /);
    const { stdout } = await npx(users, "--report", "rows.csv");
    expect(stdout).toMatch(/^3 rows read\n +to enroll +1\n +unverified, to get their number +1\n +skipped +1\n/m);
    expect(await readFile(join(project, "rows.csv"), "utf8")).toMatch(/^4,eve,skipped,phone_number_/m);
    await expect(npx("nowhere.csv")).rejects.toMatchObject({ code: 1 });
  });

  test("with a schema of seed files", async () => {
    const project = await install("commonjs");
    const schema = createRequire(join(project, "main.js"))("authsignal-ts/emulator-seed.schema.json");
    const fits = new Ajv2020({ allowUnionTypes: true }).addFormat("date-time", true).compile(schema);
    expect([fits(sampleSeed({ tenantId: "t", origin: "http://127.0.0.1:4300" })), fits.errors]).toEqual([true, null]);
    expect(fits({ users: [{}] })).toBe(false);
  });
});
