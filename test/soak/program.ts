import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";

/** The folder of the programs as single files of JavaScript, which run without a compiler. */
const FOLDER = join(import.meta.dirname, "../../.tmp/soak");

/** Milliseconds that a process may take to exit after `dismiss`. */
const EXIT_TIMEOUT = 5_000;

export interface Farewell {
  /** Null when the process had to be ended. */
  readonly exitCode: number | null;
  readonly stderr: string;
}

/**
 * Runs a program of this folder in a process whose heap can be measured, and passes each line of its output on. The process
 * runs until `dismiss` is called, and must then exit soon.
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
