import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { version } from "../../generated/version.ts";
import { sampleSeed } from "../../src/emulator/tenant/sample.ts";
import { Authsignal } from "../../src/index.ts";
import { TRACKED } from "../support/clients.ts";
import { json, type Reply, serve, type TestServer } from "../support/server.ts";
import { pack, remove, root, run, temporaryFolder } from "./pack.ts";

const fixtures = join(root, "test/package/fixtures");
const users = join(fixtures, "users.csv");
const tsc = join(root, "node_modules/typescript/bin/tsc");

let folder: string;
let tarball: string;
let server: TestServer;

beforeAll(async () => {
  folder = await temporaryFolder();
  ({ tarball } = await pack(folder));
  server = await serve(answer);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await remove(folder);
});

/** Answers `track` and the one user whom it knows, and sends the codes of Authy's first user; others are refused. */
const answer: Reply = (response, { method, path, headers }) => {
  if (headers["x-authy-api-key"] === "key") {
    const isSent = path === "/protected/json/sms/1";
    return json(response, isSent ? 200 : 404, isSent ? SENT : { success: false, error_code: "60026" });
  }
  const answers = new Map<string, unknown>([
    ["POST /v1/users/ann/actions/withdraw", TRACKED],
    ["GET /v1/users/ann", { isEnrolled: true, email: "ann@example.com" }],
  ]);
  const known = headers.authorization === `Basic ${btoa("secret:")}` && answers.get(`${method} ${path}`);
  json(response, known ? 200 : 401, known || { error: "unauthorized" });
};

const SENT = { success: true, message: "SMS token was sent", cellphone: "+1-XXX-XXX-XX37" };

/** Copies a project, installs the tarball into it, and nothing else but the compiler's own types where it wants them. */
async function install(name: string, types: string[] = []): Promise<string> {
  const project = await mkdtemp(join(folder, `${name}-`));
  await cp(join(fixtures, name), project, { recursive: true });
  const installed = await run("npm", ["install", tarball, "--offline", "--no-audit", "--no-fund"], { cwd: project });
  expect(installed.stdout).toMatch(/added 1 package /);
  for (const type of types) {
    await mkdir(join(project, "node_modules/@types"), { recursive: true });
    await symlink(join(root, "node_modules/@types", type), join(project, "node_modules/@types", type));
  }
  return project;
}

async function compile(project: string, config = "tsconfig.json"): Promise<void> {
  const { stdout } = await run(process.execPath, [tsc, "-p", config], { cwd: project }).catch((error) => error);
  expect(stdout).toBe("");
}

/** Runs a program of a consumer, which says what it saw. */
async function start(project: string, file: string): Promise<unknown> {
  const env = { ...process.env, API_URL: `${server.url}/v1`, AUTHY_URL: server.url, USERS: users };
  const { stdout } = await run(process.execPath, [file], { cwd: project, env, timeout: 20_000 });
  return JSON.parse(stdout);
}

/** What every program finds out, with both entries of the package. */
const worked = {
  state: "ALLOW",
  email: "ann@example.com",
  type: "sms.created",
  refused: "unauthorized",
  oneClass: true,
};

/** What every program finds out with the entries about Authy. */
const authyWorked = {
  messages: [SENT.message, SENT.message],
  snake: true,
  refused: "60026",
  forged: true,
  unsupported: "not_supported",
  oneClass: true,
  report: { applied: false, read: 3, enrolled: 1 },
  missing: true,
};

/** What every program finds out with the emulator. */
const emulated = {
  state: "CHALLENGE_REQUIRED",
  mistake: true,
  isValid: true,
  error: "Token has expired.",
  blocked: "BLOCK",
};

describe("installed from its tarball, the package works", () => {
  test("in an ESM TypeScript project with Node's types", async () => {
    const project = await install("esm-typescript", ["node"]);
    await compile(project);
    expect(await start(project, "main.js")).toEqual(worked);
    expect(await start(project, "authy.js")).toEqual(authyWorked);
    expect(await start(project, "emulator.js")).toEqual(emulated);
  });

  test("in an ESM TypeScript project with the types of a browser", async () => {
    const project = await install("dom-typescript");
    await compile(project);
  });

  test.each(["tsconfig.json", "tsconfig.node10.json"])("in a CommonJS TypeScript project (%s)", async (config) => {
    const project = await install("commonjs-typescript", ["node"]);
    await compile(project, config);
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
    expect(await start(await install("both"), "main.mjs")).toEqual({
      states: ["ALLOW", "ALLOW"],
      sameNames: [true, true, true],
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
    expect(stdout).toMatch(/^3 rows read\n +to enrol +1\n +unverified, to get their number +1\n +skipped +1\n/m);
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
