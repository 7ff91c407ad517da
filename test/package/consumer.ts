import { cp, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { pack, remove, root, run, temporaryFolder } from "../../scripts/pack.ts";
import { TRACKED } from "../support/clients.ts";
import { json, type Reply, serve, type TestServer } from "../support/server.ts";

const fixtures = join(root, "test/package/fixtures");

/** A CSV file of three users for the programs. */
export const users = join(fixtures, "users.csv");

/** The TypeScript compiler of this project. */
const ownCompiler = join(root, "node_modules/typescript");

/** Projects of consumers with the installed tarball, and the server that their programs call. */
export interface Consumers {
  /** Copies a project and installs the tarball in it, and Node's types where the project uses them. */
  install(name: string, wants?: { nodeTypes: boolean }): Promise<string>;
  /** The environment variables of the programs. */
  env(): NodeJS.ProcessEnv;
  /** Runs a program of a consumer and returns its output. */
  start(project: string, file: string): Promise<unknown>;
}

/** Packs the tarball and starts a server before the tests of a file, and removes both after them. */
export function useConsumers(): Consumers {
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

  const env = () => ({ ...process.env, API_URL: `${server.url}/v1`, AUTHY_URL: server.url, USERS: users });

  return {
    async install(name, { nodeTypes } = { nodeTypes: false }) {
      const project = await mkdtemp(join(folder, `${name}-`));
      await cp(join(fixtures, name), project, { recursive: true });
      const installed = await run("npm", ["install", tarball, "--offline", "--no-audit", "--no-fund"], {
        cwd: project,
      });
      expect(installed.stdout).toMatch(/added 1 package /);
      for (const types of nodeTypes ? ["@types/node", "undici-types"] : []) {
        const installedTypes = join("node_modules", types);
        await cp(join(root, installedTypes), join(project, installedTypes), { recursive: true });
      }
      return project;
    },
    env,
    async start(project, file) {
      const { stdout } = await run(process.execPath, [file], { cwd: project, env: env(), timeout: 20_000 });
      return JSON.parse(stdout);
    },
  };
}

/** Compiles a project and returns the output of the compiler, which is empty on success. */
export async function compile(project: string, options: string[] = [], compiler = ownCompiler): Promise<string> {
  const command = [join(compiler, "bin/tsc"), ...options];
  const { stdout, stderr } = await run(process.execPath, command, { cwd: project }).catch((error) => error);
  return stdout + stderr;
}

/** Serves `track`, one user, and the codes of the first user of Authy; other requests get an error. */
const answer: Reply = (response, { method, path, headers }) => {
  if (headers["x-authy-api-key"] === "key") {
    const isSent = path === "/protected/json/sms/1";
    return json(response, isSent ? 200 : 404, isSent ? SENT : { success: false, error_code: "60026" });
  }
  const responses = new Map<string, unknown>([
    ["POST /v1/users/ann/actions/withdraw", TRACKED],
    ["GET /v1/users/ann", { isEnrolled: true, email: "ann@example.com" }],
  ]);
  const known = headers.authorization === `Basic ${btoa("secret:")}` && responses.get(`${method} ${path}`);
  json(response, known ? 200 : 401, known || { error: "unauthorized" });
};

const SENT = { success: true, message: "SMS token was sent", cellphone: "+1-XXX-XXX-XX37" };

/** The expected output of every program, with both entries of the package. */
export const worked = {
  state: "ALLOW",
  email: "ann@example.com",
  type: "sms.created",
  refused: "unauthorized",
  oneClass: true,
};

/** The expected output with the entries about Authy. */
export const authyWorked = {
  messages: [SENT.message, SENT.message],
  snake: true,
  refused: "60026",
  forged: true,
  unsupported: "not_supported",
  oneClass: true,
  report: { applied: false, read: 3, enrolled: 1 },
  missing: true,
};

/** The expected output with the emulator. */
export const emulated = {
  state: "CHALLENGE_REQUIRED",
  mistake: true,
  isValid: true,
  error: "Token has expired.",
  blocked: "BLOCK",
};
