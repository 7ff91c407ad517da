/** Prints the sizes of bundled programs and of the package, and fails above a budget. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Platform } from "esbuild";
import { pack, remove, run, temporaryFolder } from "./pack.ts";

/** A program that uses a part of the package, and its budget in bytes after gzip. */
export interface Program {
  readonly program: string;
  readonly code: string;
  readonly platform: Platform;
  readonly budget: number;
}

export interface Size {
  readonly program: string;
  readonly minified: number;
  readonly gzip: number;
}

const root = new URL("../", import.meta.url);

const track = (from: string, options: string) => `
  import { Authsignal } from "${from}";
  const authsignal = new Authsignal(${options});
  console.log(await authsignal.track({ userId: "u", action: "withdraw" }));
`;

const trackInSnakeCase = `
  import { Authsignal, snakeCase } from "authsignal-ts";
  const authsignal = snakeCase(new Authsignal({ apiSecretKey: "key" }));
  console.log(await authsignal.track({ user_id: "u", action: "withdraw" }));
`;

const webhook = 'import { Webhook } from "authsignal-ts"; new Webhook("key").verify(payload, signature);';

const actionState = 'import { UserActionState } from "authsignal-ts"; console.log(UserActionState.ALLOW);';

const callConnect = `
  import { CallConnect } from "authsignal-ts";
  console.log(await new CallConnect({ apiSecretKey: "key" }).startCall({ referenceId: "1", phoneNumber: "+1" }));
`;

const typedClient = `
  import { createAuthsignalClient } from "authsignal-ts/client";
  const client = createAuthsignalClient({ apiSecretKey: "key" });
  console.log(await client.POST("/users/{userId}/actions/{action}", { params: { path: { userId: "u", action: "a" } } }));
`;

const authy = (call: string) => `
  import { AuthyApiClient } from "authsignal-ts/authy";
  const authy = new AuthyApiClient({ apiKey: "key" });
  console.log(await ${call});
`;

const typedAuthyClient = `
  import { createAuthyClient } from "authsignal-ts/authy";
  const client = createAuthyClient({ apiKey: "key" });
  console.log(await client.GET("/protected/json/sms/{authy_id}", { params: { path: { authy_id: "1" } } }));
`;

const bridge = `
  import { Authsignal } from "authsignal-ts";
  import { createAuthyBridge } from "authsignal-ts/migrate";
  const authy = createAuthyBridge(new Authsignal({ apiSecretKey: "key" }));
  console.log(await authy.users.requestSms(1));
`;

const importOfUsers = `
  import { migrateAuthyUsers } from "authsignal-ts/migrate";
  console.log(await migrateAuthyUsers({ file: "users.csv" }));
`;

const stepUp = `
  import { createStepUp } from "authsignal-ts/step-up";
  console.log(createStepUp({ action: "withdraw", returnUrl: "https://app.example.com/return", secret: "key" }));
`;

const emulator = `
  import { startEmulator } from "authsignal-ts/emulator";
  console.log((await startEmulator()).apiUrl);
`;

/**
 * Each budget is about a fifth above the size of the current build. When good code needs more, raise the budget and say why in
 * the commit. Worse code, a worse message or a patched dependency is no way to meet it.
 *
 * Most of a program about Authy is the metadata of phone numbers.
 */
export const PROGRAMS: readonly Program[] = [
  program("track", track("authsignal-ts", '{ apiSecretKey: "key" }'), 26_000),
  program("track in snake_case", trackInSnakeCase, 29_000),
  program("Webhook alone", webhook, 8_800),
  program("UserActionState alone", actionState, 200),
  program("CallConnect alone", callConnect, 16_500),
  program("all of authsignal-ts", everythingOf("authsignal-ts"), 30_000),
  program("authsignal-ts/client", typedClient, 17_500),
  program("authsignal-ts/authy, requestSms", authy("authy.users.requestSms(1)"), 68_000),
  program("authsignal-ts/authy, readCallback", authy("authy.oneTouch.readCallback(request)"), 68_000),
  program("authsignal-ts/authy, typed client", typedAuthyClient, 18_500),
  program("authsignal-ts/migrate, bridge", bridge, 71_000),
  program("authsignal-ts/migrate, import", importOfUsers, 58_000),
  program("authsignal-ts/step-up alone", stepUp, 9_300),
  program("authsignal-ts/emulator", emulator, 190_000, "node"),
];

/** The budget of the package in bytes, and the number of packages that are installed, itself included. */
export const PACKAGE_BUDGET = { packed: 890_000, unpacked: 4_250_000, packages: 1 };

function program(program: string, code: string, budget: number, platform: Platform = "neutral"): Program {
  return { program, code, platform, budget };
}

function everythingOf(entry: string): string {
  return `export * from "${entry}";`;
}

/** Bundles a program that imports packages by name, ours from `dist/` by its `exports`. */
export async function sizeOf({ program, code, platform }: Omit<Program, "budget">): Promise<Size> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(root) },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform,
    logLevel: "error",
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  return { program, minified: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

/** Packs the package and installs it into an empty project. */
export async function sizeOfPackage(): Promise<typeof PACKAGE_BUDGET> {
  const folder = await temporaryFolder();
  try {
    const { tarball, packed, unpacked } = await pack(folder);
    await writeFile(join(folder, "package.json"), "{}");
    await run("npm", ["install", tarball, "--offline", "--no-audit", "--no-fund"], { cwd: folder });
    const lock = JSON.parse(await readFile(join(folder, "node_modules/.package-lock.json"), "utf8"));
    return { packed, unpacked, packages: Object.keys(lock.packages).length };
  } finally {
    await remove(folder);
  }
}

async function sizeOfOfficial(): Promise<Size> {
  const { version } = JSON.parse(await readFile(new URL("node_modules/@authsignal/node/package.json", root), "utf8"));
  const code = track("@authsignal/node", '{ apiSecretKey: "key", apiUrl: "https://api.authsignal.com/v1" }');
  return sizeOf({ program: `track with @authsignal/node ${version}`, code, platform: "node" });
}

async function main(): Promise<void> {
  line("program", "minified", "gzip", "budget");
  for (const { budget, ...rest } of PROGRAMS) {
    const { program, minified, gzip } = await sizeOf(rest);
    line(program, bytes(minified), bytes(gzip), count(budget));
    checkBudget(program, gzip, budget);
  }
  const official = await sizeOfOfficial();
  line(official.program, bytes(official.minified), bytes(official.gzip));

  const { packed, unpacked, packages } = await sizeOfPackage();
  line("\npackage", "", "size", "budget");
  line("tarball", "", bytes(packed), count(PACKAGE_BUDGET.packed));
  line("its files", "", bytes(unpacked), count(PACKAGE_BUDGET.unpacked));
  line("installed packages", "", count(packages), count(PACKAGE_BUDGET.packages));
  checkBudget("tarball", packed, PACKAGE_BUDGET.packed);
  checkBudget("its files", unpacked, PACKAGE_BUDGET.unpacked);
  checkBudget("installed packages", packages, PACKAGE_BUDGET.packages);
}

function line(name: string, ...cells: string[]): void {
  console.log(name.padEnd(36) + cells.map((cell) => cell.padStart(13)).join(""));
}

function checkBudget(name: string, size: number, budget: number): void {
  if (size <= budget) return;
  console.error(`${name}: ${count(size - budget)} above the budget`);
  process.exitCode = 1;
}

function count(number: number): string {
  return number.toLocaleString("en");
}

function bytes(number: number): string {
  return `${count(number)} B`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
