import { spawn } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root, run } from "../../../scripts/pack.ts";

const SOURCES = join(root, "test/field/next");

/** Milliseconds that a server may take to be ready, or a build to end. */
const TIME = 180_000;

/** The package that is installed as `authsignal-ts`: the tarball, or the replacement in the control app. */
export type Package = "tarball" | "control";

/** An app of one version of Next.js, whose processes are started by its folder. */
export interface App {
  readonly folder: string;
}

/** The result of a program. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A running server of Next.js. */
export interface Running extends AsyncDisposable {
  readonly origin: string;
  /** Its output so far. */
  output(): string;
}

type Env = Readonly<Record<string, string>>;

/** Makes an app in the folder of its Next.js, where the app can resolve it. */
export async function install(major: number, name: Package): Promise<App> {
  const folder = join(root, `.field/next-${major}/${name}`);
  const own = join(folder, "node_modules/authsignal-ts");
  await rm(folder, { recursive: true, force: true });
  await mkdir(own, { recursive: true });
  for (const source of ["app-shared", `app-${major}`]) await cp(join(SOURCES, source), folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  const tarball = resolve(root, process.env.FIELD_TARBALL ?? ".tmp/authsignal-ts.tgz");
  if (name === "control") await cp(join(SOURCES, "control"), own, { recursive: true });
  else await run("tar", ["--extract", "--file", tarball, "--directory", own, "--strip-components", "1"]);
  return { folder };
}

/** Runs `next build` to its end. */
export async function build(app: App, env: Env): Promise<Ended> {
  const program = start(app, ["build"], env);
  return { code: await program.within(TIME, program.ended), output: program.output() };
}

/** Runs `next dev` or `next start` until it is stopped, and waits for its line that says "ready". */
export async function serve(app: App, mode: "dev" | "start", env: Env): Promise<Running> {
  const program = start(app, [mode, "--hostname", "127.0.0.1", "--port", "0"], env);
  await program.within(TIME, Promise.race([program.printed(/✓ Ready/), program.ended]));
  const origin = /Local: +(http:\/\/\S+)/.exec(program.output())?.[1];
  if (!origin) {
    await program.stop();
    throw new Error(`next ${mode} did not start:\n${program.output()}`);
  }
  return { origin, output: program.output, [Symbol.asyncDispose]: program.stop };
}

/** Starts Next.js in a new process group, so that all its workers can be ended. */
function start({ folder }: App, words: readonly string[], env: Env) {
  const child = spawn(process.execPath, ["../node_modules/next/dist/bin/next", ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NEXT_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let text = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += stripVTControlCharacters(chunk);
      for (const listener of listeners) listener();
    });
  }
  process.once("exit", kill);
  const ended = new Promise<number | null>((settle, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("exit", kill);
      settle(code);
    });
  });

  function kill(): void {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, "SIGKILL");
  }

  return {
    ended,
    output: () => text,
    /** Resolves when the output matches a pattern. */
    printed: (pattern: RegExp) =>
      new Promise<void>((settle) => {
        const look = () => {
          if (pattern.test(text)) settle();
        };
        listeners.add(look);
        look();
      }),
    /** Ends the program when a promise does not settle in time. */
    async within<T>(ms: number, result: Promise<T>): Promise<T> {
      const timer = setTimeout(kill, ms);
      return result.finally(() => clearTimeout(timer));
    },
    async stop() {
      kill();
      await ended;
    },
  };
}
