import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";

/** Where the programs are put as single files of JavaScript, which need no compiler beside them. */
const FOLDER = join(import.meta.dirname, "../../.tmp/soak");

/** Milliseconds that a process may take to end when it is needed no more. */
const EXIT_TIMEOUT = 5_000;

export interface Farewell {
  /** Null when it had to be ended. */
  readonly exitCode: number | null;
  readonly stderr: string;
}

/**
 * Runs a program that lies beside this file, in a process whose heap can be measured, and hears each line that it says.
 * It stays until `dismiss` is called, and then has to end by itself soon.
 */
export async function run<Said>(
  name: string,
  task: object,
  hear: (said: Said, dismiss: () => void) => void,
): Promise<Farewell> {
  const file = join(FOLDER, `${name}.mjs`);
  const entry = join(import.meta.dirname, `${name}.ts`);
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const child = spawn(process.execPath, ["--expose-gc", file, JSON.stringify(task)]);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  function dismiss(): void {
    child.stdin.end();
    setTimeout(() => child.kill(), EXIT_TIMEOUT).unref();
  }
  createInterface({ input: child.stdout }).on("line", (line) => hear(JSON.parse(line), dismiss));
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (exitCode) => resolve({ exitCode, stderr }));
  });
}
