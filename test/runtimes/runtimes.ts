import { join } from "node:path";
import { root, run } from "../../scripts/pack.ts";
import type { Loopback } from "../contract/loopback.ts";
import { json } from "../contract/recorder.ts";
import manifest from "./install/package.json" with { type: "json" };
import type { Report, Task } from "./task.ts";
import { runWorker } from "./workerd.ts";

/** The input of a runtime. */
export interface Job {
  /** The folder of a consumer, with its programs. */
  readonly folder: string;
  readonly tasks: readonly Task[];
  readonly env: Readonly<Record<string, string>>;
  readonly loopback: Pick<Loopback, "lane">;
}

export interface Runtime {
  readonly name: string;
  /** The beginning of its `navigator.userAgent`; undefined without one. */
  readonly agent: string | undefined;
  readonly hasProcess: boolean;
  /** Whether its errors distinguish a failed connection from a broken one. */
  readonly knowsUnsent: boolean;
  run(job: Job): Promise<Run>;
}

export interface Run {
  readonly report: Report;
  /** Whether the program exited without a signal. */
  readonly ended: boolean;
}

type Package = keyof typeof manifest.dependencies;

const INSTALLED = join(root, ".runtimes/node_modules");

/** Milliseconds for all tasks, after which a program is ended. */
const TIME = 30_000;

export const RUNTIMES: readonly Runtime[] = [
  node("node-20", undefined),
  node("node-22", "Node.js/22"),
  node("node-24", "Node.js/24"),
  node("node-26", "Node.js/26"),
  bun("@oven/bun-linux-x64"),
  deno("@deno/linux-x64-glibc"),
  workerd("@cloudflare/workerd-linux-64", "nodejs_compat"),
  workerd("@cloudflare/workerd-linux-64"),
];

function node(name: Package, agent: string | undefined): Runtime {
  const run = (job: Job) => runProcess(job, [`${name}/bin/node`]);
  return { name: `Node ${versionOf(name)}`, agent, hasProcess: true, knowsUnsent: true, run };
}

function bun(name: Package): Runtime {
  const version = versionOf(name);
  const run = (job: Job) => runProcess(job, [`${name}/bin/bun`]);
  return { name: `Bun ${version}`, agent: `Bun/${version}`, hasProcess: true, knowsUnsent: true, run };
}

/** Permits the network, and the environment that the program reads. */
function deno(name: Package): Runtime {
  const version = versionOf(name);
  const run = (job: Job) => {
    const permissions = ["--allow-net=127.0.0.1", `--allow-env=${Object.keys(job.env)}`];
    return runProcess(job, [`${name}/deno`, "run", "--no-prompt", ...permissions]);
  };
  return { name: `Deno ${version}`, agent: `Deno/${version}`, hasProcess: true, knowsUnsent: false, run };
}

/** The last compatibility date without `nodejs_compat` by default. */
const LAST_DAY_WITHOUT = "2026-08-03";

/** Returns the date of the version, which includes `nodejs_compat`, or the last date without it. */
function workerd(name: Package, flag?: "nodejs_compat"): Runtime {
  const version = versionOf(name);
  const today = version.replace(/^1\.(\d{4})(\d\d)(\d\d)\..*$/, "$1-$2-$3");
  const program = join(INSTALLED, name, "bin/workerd");
  return {
    name: `workerd ${version} ${flag ? "with" : "without"} nodejs_compat`,
    agent: "Cloudflare-Workers",
    hasProcess: flag !== undefined,
    knowsUnsent: false,
    run: async (job) => ({
      report: await runWorker(job, { program, day: flag ? today : LAST_DAY_WITHOUT }),
      ended: true,
    }),
  };
}

function versionOf(name: Package): string {
  return manifest.dependencies[name].replace(/^.*@/, "");
}

async function runProcess(
  { folder, tasks, env, loopback }: Job,
  [program = "", ...words]: readonly string[],
): Promise<Run> {
  const given = loopback.lane(() => json(200, tasks));
  const options = { cwd: folder, env: { ...env }, timeout: TIME, maxBuffer: 2 ** 26 };
  const running = run(join(INSTALLED, program), [...words, "process.mjs", given], options);
  const { stdout, stderr, killed = false } = await running.catch((error) => error);
  if (!stdout) throw new Error(`${program} reported nothing: ${stderr}`);
  return { report: JSON.parse(stdout), ended: !killed };
}
