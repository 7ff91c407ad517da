/** Prints what small programs weigh once bundled, and fails when the one that calls `track` is above the budget. */
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Platform } from "esbuild";

/** For a program that makes an `Authsignal` and calls `track`: bytes after gzip, 1 kB being 1,000 bytes. */
export const BUDGET = 12_000;

export interface Size {
  readonly program: string;
  readonly minified: number;
  readonly gzip: number;
}

const root = new URL("../", import.meta.url);

/** Bundles a program that imports packages by name, ours as a consumer does: from `dist/`, by way of `exports`. */
async function sizeOf(program: string, code: string, platform: Platform): Promise<Size> {
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

const track = (from: string, options: string) => `
  import { Authsignal } from "${from}";
  const authsignal = new Authsignal(${options});
  console.log(await authsignal.track({ userId: "u", action: "withdraw" }));
`;

export function sizeOfTrack(): Promise<Size> {
  return sizeOf("track", track("authsignal-ts", '{ apiSecretKey: "key" }'), "neutral");
}

export function sizeOfWebhook(): Promise<Size> {
  const code = 'import { Webhook } from "authsignal-ts"; new Webhook("key").verify(payload, signature);';
  return sizeOf("Webhook alone", code, "neutral");
}

export function sizeOfEnum(): Promise<Size> {
  const code = 'import { UserActionState } from "authsignal-ts"; console.log(UserActionState.ALLOW);';
  return sizeOf("UserActionState alone", code, "neutral");
}

export function sizeOfSnakeCase(): Promise<Size> {
  const code = `
    import { Authsignal, snakeCase } from "authsignal-ts";
    const authsignal = snakeCase(new Authsignal({ apiSecretKey: "key" }));
    console.log(await authsignal.track({ user_id: "u", action: "withdraw" }));
  `;
  return sizeOf("track in snake_case", code, "neutral");
}

const authy = (call: string) => `
  import { AuthyApiClient } from "authsignal-ts/authy";
  const authy = new AuthyApiClient({ apiKey: "key" });
  console.log(await ${call});
`;

export function sizeOfAuthy(): Promise<Size> {
  return sizeOf("authsignal-ts/authy, requestSms", authy("authy.users.requestSms(1)"), "neutral");
}

export function sizeOfAuthyCallback(): Promise<Size> {
  return sizeOf("authsignal-ts/authy, readCallback", authy("authy.oneTouch.readCallback(request)"), "neutral");
}

export function sizeOfAuthyClient(): Promise<Size> {
  const code = `
    import { createAuthyClient } from "authsignal-ts/authy";
    const client = createAuthyClient({ apiKey: "key" });
    console.log(await client.GET("/protected/json/sms/{authy_id}", { params: { path: { authy_id: "1" } } }));
  `;
  return sizeOf("authsignal-ts/authy, typed client", code, "neutral");
}

export function sizeOfBridge(): Promise<Size> {
  const code = `
    import { Authsignal } from "authsignal-ts";
    import { createAuthyBridge } from "authsignal-ts/migrate";
    const authy = createAuthyBridge(new Authsignal({ apiSecretKey: "key" }));
    console.log(await authy.users.requestSms(1));
  `;
  return sizeOf("authsignal-ts/migrate, bridge", code, "neutral");
}

function sizeOfClient(): Promise<Size> {
  const code = `
    import { createAuthsignalClient } from "authsignal-ts/client";
    const client = createAuthsignalClient({ apiSecretKey: "key" });
    console.log(await client.POST("/users/{userId}/actions/{action}", { params: { path: { userId: "u", action: "a" } } }));
  `;
  return sizeOf("authsignal-ts/client", code, "neutral");
}

async function sizeOfOfficial(): Promise<Size> {
  const { version } = JSON.parse(await readFile(new URL("node_modules/@authsignal/node/package.json", root), "utf8"));
  const code = track("@authsignal/node", '{ apiSecretKey: "key", apiUrl: "https://api.authsignal.com/v1" }');
  return sizeOf(`track with @authsignal/node ${version}`, code, "node");
}

async function main(): Promise<void> {
  const ours = await sizeOfTrack();
  const others = [
    ...[sizeOfSnakeCase, sizeOfClient, sizeOfWebhook, sizeOfEnum],
    ...[sizeOfAuthy, sizeOfAuthyCallback, sizeOfAuthyClient, sizeOfBridge, sizeOfOfficial],
  ];
  const rows = [ours, ...(await Promise.all(others.map((measure) => measure())))];
  const line = (program: string, minified: string, gzip: string) =>
    console.log(`${program.padEnd(36)}${minified.padStart(12)}${gzip.padStart(12)}`);
  line("program", "minified", "gzip");
  for (const { program, minified, gzip } of rows) line(program, bytes(minified), bytes(gzip));
  console.log(`budget of track: ${bytes(BUDGET)} gzip`);
  if (ours.gzip > BUDGET) {
    console.error(`track is ${bytes(ours.gzip - BUDGET)} above its budget`);
    process.exitCode = 1;
  }
}

function bytes(count: number): string {
  return `${count.toLocaleString("en")} B`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
