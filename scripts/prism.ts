import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A running Prism. It exits with this process, even if this process is killed. */
export interface Prism extends AsyncDisposable {
  url: string;
}

const PROGRAM = fileURLToPath(new URL("../node_modules/@stoplight/prism-cli/dist/index.js", import.meta.url));

/** A program that ends Prism when its parent process is gone. */
const NEVER_ALONE = 'data:text/javascript,process.on("disconnect", () => process.exit());';

/** Starts Prism on a spec of `openapi/`, on a free port of this machine. It takes about two seconds. */
export function startPrism(spec: string): Promise<Prism> {
  return start("mock", fileOf(spec));
}

/**
 * Starts Prism as a proxy of a server, on a free port of this machine. It lists violations of a spec of `openapi/`, in requests
 * and responses, in the response header `sl-violations`. It takes about two seconds.
 * @param upstream The base URL of the server. Paths of the spec are appended to it.
 */
export function startPrismProxy(spec: string, upstream: string): Promise<Prism> {
  return start("proxy", fileOf(spec), upstream);
}

function fileOf(spec: string): string {
  return fileURLToPath(new URL(`../openapi/${spec}.yaml`, import.meta.url));
}

async function start(...command: readonly string[]): Promise<Prism> {
  const options = ["--host", "127.0.0.1", "--port", "0", "--multiprocess", "false"];
  const child = spawn(process.execPath, ["--import", NEVER_ALONE, PROGRAM, ...command, ...options], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const { stdout } = child;
  if (!stdout) throw new Error("Prism has no output");
  const lines = createInterface(stdout);
  const output: string[] = [];
  for await (const line of lines) {
    output.push(line);
    const url = line.match(/listening on (http:\/\/\S+)/)?.[1];
    if (!url) continue;
    stdout.resume();
    return {
      url,
      async [Symbol.asyncDispose]() {
        if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await once(child, "exit");
      },
    };
  }
  throw new Error(`Prism did not start with ${command.join(" ")}: ${output.join("\n")}`);
}
