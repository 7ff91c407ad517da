import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Prism {
  url: string;
  stop(): Promise<void>;
}

/** Starts a Prism mock server of a spec on a free port of this machine. It takes about two seconds. */
export async function startPrism(spec: string): Promise<Prism> {
  const program = fileURLToPath(new URL("../node_modules/@stoplight/prism-cli/dist/index.js", import.meta.url));
  const file = fileURLToPath(new URL(`../openapi/${spec}.yaml`, import.meta.url));
  const child = spawn(process.execPath, [program, "mock", "--host", "127.0.0.1", "--port", "0", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = () => child.kill();
  process.once("exit", kill);
  let url: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    url = line.match(/listening on (http:\/\/\S+)/)?.[1];
    if (url) break;
  }
  if (!url) throw new Error(`Prism did not start on ${spec}.yaml`);
  child.stdout.resume();
  return {
    url,
    async stop() {
      process.off("exit", kill);
      if (child.exitCode === null && child.kill()) await once(child, "exit");
    },
  };
}
