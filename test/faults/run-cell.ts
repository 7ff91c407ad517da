import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { builtForPrograms } from "../support/built.ts";
import { certificate } from "../support/certificate.ts";
import type { Fault } from "./fault.ts";
import { OPERATIONS, type OperationName } from "./operations.ts";
import { type Seen, serveFault } from "./server.ts";
import type { Report, Task } from "./task.ts";

/** One call under one fault. */
export interface Cell {
  readonly fault: Fault;
  readonly operation: OperationName;
  readonly often: "once" | "always";
  readonly transport: Task["transport"];
}

/** How a cell ended, observed from outside of its process. */
export interface Ending {
  readonly cell: Cell;
  readonly timeout: number;
  /** The report that the process printed; undefined when it printed none. */
  readonly report: Report | undefined;
  readonly seen: Seen;
  /** Undefined when the process had to be ended. */
  readonly exitCode: number | undefined;
  readonly stderr: string;
  /** Milliseconds from the report to the end of the process. */
  readonly lingered: number;
}

/** Milliseconds after which a process is ended and counts as one that does not exit. */
const PROCESS_TIMEOUT = 15_000;

/** The client's program as one file of JavaScript, which starts in a twentieth of a second. */
export interface Program {
  readonly file: string;
  readonly certificate: string;
}

const CELL = join(import.meta.dirname, "cell.ts");

/** Defines `require`, which packages in CommonJS need inside an ES module. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Writes the program of a cell, and the certificate for those that trust it, into a folder. */
export async function buildProgram(folder: string, source = CELL): Promise<Program> {
  const name = basename(source, ".ts");
  const program = { file: join(folder, `${name}.mjs`), certificate: join(folder, "certificate.pem") };
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [source],
    outfile: program.file,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: REQUIRE },
    plugins: builtForPrograms,
    logLevel: "error",
  });
  await writeFile(program.certificate, certificate);
  return program;
}

/** Runs one cell against a server that serves this cell only. */
export async function runCell(program: Program, cell: Cell): Promise<Ending> {
  await using server = await serveFault(cell.fault, cell.often);
  const task = taskOf(cell, server.port);
  const ending = await run(program, task, cell.fault);
  return { ...ending, cell, timeout: task.timeout, seen: server.seen };
}

function taskOf({ fault, operation, often, transport }: Cell, port: number): Task {
  const recovers = often === "once" && OPERATIONS[operation].isRepeatable;
  return {
    ...sceneOf(fault, often, port),
    operation,
    transport,
    // A fault that hangs takes all of the time, or half of it before a retry; others need room for all waits between attempts.
    timeout: fault.isSlow ? (recovers ? 1_600 : 400) : 3_000,
  };
}

/** Says where a client finds the server of a fault, and what precedes the call. */
export function sceneOf(
  fault: Fault,
  often: Cell["often"],
  port: number,
): Pick<Task, "url" | "hasEarlierCall" | "lookups"> {
  const sound = ["127.0.0.1"];
  const lookup = fault.lookup ?? sound;
  return {
    url: `${fault.isEncrypted ? "https" : "http"}://${fault.host ?? "127.0.0.1"}:${port}`,
    hasEarlierCall: fault.earlier !== undefined,
    lookups: often === "once" ? [lookup, sound] : [lookup],
  };
}

/** How a process ended. */
export type Run = Pick<Ending, "report" | "exitCode" | "stderr" | "lingered">;

/** Runs a program in a separate process. `watch` gets the process and may end it. */
export function run(
  program: Program,
  task: Pick<Task, "url">,
  fault: Fault,
  watch: (child: ChildProcessWithoutNullStreams) => void = () => {},
): Promise<Run> {
  const env = { PATH: process.env.PATH, ...(fault.isTrusted && { NODE_EXTRA_CA_CERTS: program.certificate }) };
  const child = spawn(process.execPath, [program.file, JSON.stringify(task)], { env, timeout: PROCESS_TIMEOUT });
  watch(child);
  let stdout = "";
  let stderr = "";
  let reported = Number.NaN;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    reported = performance.now();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const report: Report | undefined = stdout.trim() ? JSON.parse(stdout) : undefined;
      resolve({ report, exitCode: code ?? undefined, stderr, lingered: performance.now() - reported });
    });
  });
}
