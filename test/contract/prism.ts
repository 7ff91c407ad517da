import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { type Api, specFile } from "./spec.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of Prism over each of our descriptions. */
    prism: Record<Api, string>;
  }
}

const PRISM = "node_modules/@stoplight/prism-cli/dist/index.js";

/** Ends Prism when the process that started it is gone, even if that one was killed. */
const NEVER_ALONE = 'data:text/javascript,process.on("disconnect", () => process.exit());';

const LONGEST_START = 60_000;

/** Starts Prism once for all contract tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.map(end));
  };
  try {
    const [authsignal, callConnect] = await Promise.all([
      start("authsignal", children),
      start("call-connect", children),
    ]);
    project.provide("prism", { authsignal, "call-connect": callConnect });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function start(api: Api, children: ChildProcess[]): Promise<string> {
  const port = await freePort();
  const options = ["--host", "127.0.0.1", "--port", `${port}`, "--verboseLevel", "silent", "--multiprocess", "false"];
  const child = spawn(process.execPath, ["--import", NEVER_ALONE, PRISM, "mock", specFile(api), ...options], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  children.push(child);
  let complaints = "";
  child.stderr?.on("data", (chunk) => {
    complaints += chunk;
  });

  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + LONGEST_START;
  while (!(await isPrism(url))) {
    if (hasEnded(child)) throw new Error(`Prism did not start for ${specFile(api)}: ${complaints}`);
    if (Date.now() > deadline) throw new Error(`Prism did not answer for ${specFile(api)}: ${complaints}`);
    await delay(25);
  }
  if (hasEnded(child)) throw new Error(`Somebody else answers at ${url}, not our Prism: ${complaints}`);
  return url;
}

/** Prism refuses a path that no description has with a problem document. */
async function isPrism(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/no/such/path`);
    return (await response.text()).includes("stoplight.io/prism");
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
