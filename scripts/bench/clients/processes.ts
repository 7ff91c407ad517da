import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The programs of this folder as JavaScript, so that no compiler runs in the measured process. */
export interface Programs extends AsyncDisposable {
  /** Starts a program and waits for its first message. */
  start<Greeting>(name: Name, words?: readonly string[], flags?: readonly string[]): Promise<Running<Greeting>>;
}

/** A running program. Disposing ends it. */
export interface Running<Greeting> extends Disposable {
  /** The first message of the program. */
  readonly greeting: Greeting;
  /** Sends a message and waits for the reply. */
  ask<Answer>(question: object): Promise<Answer>;
}

type Name = "server" | "program";

const HERE = fileURLToPath(new URL("./", import.meta.url));
/** A folder inside this project, so that packages are resolved. */
const TEMPORARY = fileURLToPath(new URL("../../../.tmp/", import.meta.url));

let built = 0;

export async function buildPrograms(): Promise<Programs> {
  built += 1;
  const outdir = join(TEMPORARY, `bench-${process.pid}-${built}`);
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: ["server", "program"].map((name) => join(HERE, `${name}.ts`)),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  return {
    async start<Greeting>(name: Name, words: readonly string[] = [], flags: readonly string[] = []) {
      const child = fork(join(outdir, `${name}.mjs`), words, { execArgv: [...flags] });
      const greeting = await nextMessage<Greeting>(child);
      return {
        greeting,
        ask(question) {
          child.send(question);
          return nextMessage(child);
        },
        [Symbol.dispose]() {
          if (child.connected) child.disconnect();
        },
      };
    },
    [Symbol.asyncDispose]: () => rm(outdir, { recursive: true }),
  };
}

/** @throws Error when the program exits without a message. */
async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const ended = new AbortController();
  const onExit = (code: number | null) => ended.abort(new Error(`A program ended with ${code} before it spoke`));
  child.once("exit", onExit);
  try {
    const [message] = await once(child, "message", { signal: ended.signal });
    return message;
  } finally {
    child.off("exit", onExit);
  }
}
