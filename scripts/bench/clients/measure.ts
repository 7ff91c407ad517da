import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Spread, spreadOf } from "../load.ts";
import type { Contender, ContenderName } from "./contenders.ts";
import type { Cost, Order } from "./program.ts";

/** What one contender costs at one operation. */
export interface Figures {
  /** Microseconds of processor time per call, one call after the other. */
  readonly cpuAlone: Spread;
  /** The same with 32 calls at a time. */
  readonly cpuTogether: Spread;
  /** Calls per second with 32 at a time. */
  readonly rate: Spread;
  /** Bytes per call. */
  readonly allocated: Spread;
}

const ROUNDS = 7;
const WARM_UP = 3_000;
const CALLS = 1_500;
const TOGETHER = 32;

/** So much room for new objects that none is collected while they are counted, in MB. */
const ROOM = 1_024;

/** Measures all contenders in turns, so that what disturbs the machine disturbs all of them. */
export async function measureCalls(
  names: readonly ContenderName[],
  operation: keyof Contender,
): Promise<Map<ContenderName, Figures>> {
  const server = await start("server.ts", [], []);
  const url = `http://127.0.0.1:${server.greeting.port}/v1`;
  const running = await Promise.all(
    names.map(async (name) => ({
      name,
      timed: await start("program.ts", [name, url], ["--expose-gc"]),
      counted: await start(
        "program.ts",
        [name, url],
        ["--expose-gc", `--min-semi-space-size=${ROOM}`, `--max-semi-space-size=${ROOM}`],
      ),
      alone: [] as Cost[],
      together: [] as Cost[],
      heap: [] as Cost[],
    })),
  );
  try {
    for (const { timed, counted } of running) {
      await order(timed.child, { operation, inFlight: TOGETHER, calls: WARM_UP });
      await order(counted.child, { operation, inFlight: 1, calls: WARM_UP });
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const { timed, counted, alone, together, heap } of running) {
        alone.push(await order(timed.child, { operation, inFlight: 1, calls: CALLS }));
        together.push(await order(timed.child, { operation, inFlight: TOGETHER, calls: 2 * CALLS }));
        heap.push(await order(counted.child, { operation, inFlight: 1, calls: CALLS }));
      }
      console.error(`${operation}: round ${round + 1} of ${ROUNDS}`);
    }
  } finally {
    for (const { child } of [server, ...running.flatMap(({ timed, counted }) => [timed, counted])]) child.disconnect();
  }
  return new Map(
    running.map(({ name, alone, together, heap }) => [
      name,
      {
        cpuAlone: spreadOf(alone.map(({ cpu }) => cpu / CALLS)),
        cpuTogether: spreadOf(together.map(({ cpu }) => cpu / (2 * CALLS))),
        rate: spreadOf(together.map(({ seconds }) => (2 * CALLS) / seconds)),
        allocated: spreadOf(heap.map(({ allocated }) => allocated / CALLS)),
      },
    ]),
  );
}

/** What a process costs that makes one call and ends. */
export interface FirstCall {
  /** Milliseconds to import the client. */
  readonly imported: Spread;
  /** Milliseconds of processor time of the whole process. */
  readonly cpu: Spread;
}

/** A program that imports a client and makes one call; only the process when it is empty. */
export type FirstPrograms = Readonly<Record<string, (url: string) => { load: string; call: string }>>;

/** Runs each program in a fresh process, in turns. */
export async function measureFirstCalls(programs: FirstPrograms): Promise<Map<string, FirstCall>> {
  const server = await start("server.ts", [], []);
  const url = `http://127.0.0.1:${server.greeting.port}/v1`;
  const results = new Map<string, { imported: number; cpu: number }[]>();
  for (let round = 0; round < 2 * ROUNDS; round++) {
    for (const [name, program] of Object.entries(programs)) {
      const { load, call } = program(url);
      const code = `
        const begin = performance.now();
        ${load}
        const imported = performance.now() - begin;
        ${call}
        const { user, system } = process.cpuUsage();
        process.stdout.write(JSON.stringify({ imported, cpu: (user + system) / 1000 }), () => process.exit());`;
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code]);
      results.set(name, [...(results.get(name) ?? []), JSON.parse(stdout)]);
    }
  }
  server.child.disconnect();
  return new Map(
    [...results].map(([name, costs]) => [
      name,
      {
        imported: spreadOf(costs.map(({ imported }) => imported)),
        cpu: spreadOf(costs.map(({ cpu }) => cpu)),
      },
    ]),
  );
}

/** Starts a program of this folder, which speaks first. It ends when it is let go. */
async function start(file: string, words: string[], flags: string[]) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), words, {
    execArgv: ["--import", "tsx", ...flags],
  });
  const [greeting] = await once(child, "message");
  return { child, greeting };
}

async function order(child: ChildProcess, order: Order): Promise<Cost> {
  child.send(order);
  const [cost] = await once(child, "message");
  return cost;
}
