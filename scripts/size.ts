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
  const rows = [ours, await sizeOfClient(), await sizeOfWebhook(), await sizeOfEnum(), await sizeOfOfficial()];
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
