import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { bundle, CONDITIONS } from "./consumer.ts";
import type { Job } from "./runtimes.ts";
import type { Report } from "./task.ts";

export interface Workerd {
  readonly program: string;
  /** The compatibility date of the worker. */
  readonly day: string;
}

/** Milliseconds for one task. */
const TIME = 10_000;

/** Bundles the program of workers, serves it, and sends it one request for each task. */
export async function runWorker({ folder, tasks, env }: Job, workerd: Workerd): Promise<Report> {
  const code = await readFile(join(folder, "worker.mjs"), "utf8");
  const { outputFiles, warnings } = await bundle(folder, code, CONDITIONS.workers);
  if (warnings.length > 0) throw new Error(`The bundle has warnings: ${JSON.stringify(warnings)}`);
  await writeFile(join(folder, "bundled.mjs"), outputFiles?.[0]?.contents ?? "");
  await writeFile(join(folder, "config.capnp"), configOf(workerd, env));
  const child = spawn(workerd.program, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    env: {},
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  try {
    const url = `http://127.0.0.1:${await portOf(child.stdio[3])}`;
    const reports: Report[] = [];
    for (const task of tasks) {
      const signal = AbortSignal.timeout(TIME);
      const response = await fetch(url, { method: "POST", body: JSON.stringify([task]), signal });
      reports.push(JSON.parse(await response.text()));
    }
    const [first] = reports;
    if (!first) throw new Error("There was nothing to do");
    return { ...first, outcomes: reports.flatMap(({ outcomes }) => outcomes) };
  } finally {
    if (child.exitCode === null && child.kill()) await once(child, "exit");
  }
}

/** Reads the port from the lines of JSON that workerd prints. */
async function portOf(control: unknown): Promise<number> {
  if (!(control instanceof Readable)) throw new Error("workerd has nothing to say");
  for await (const line of createInterface(control)) {
    const { event, port } = JSON.parse(line);
    if (event === "listen") return port;
  }
  throw new Error("workerd did not start");
}

function configOf({ day }: Workerd, env: Job["env"]): string {
  const bindings = Object.entries(env).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "bundled.mjs", esModule = embed "bundled.mjs")],
  compatibilityDate = ${quoted(day)},
  bindings = [${bindings}],
);
`;
}

const quoted = (text: string): string => JSON.stringify(text);
