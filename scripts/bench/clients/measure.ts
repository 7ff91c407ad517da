import type { AddressInfo } from "node:net";
import { type Compared, compareAll, entryOf, inTurns } from "../spread.ts";
import { type Contender, type ContenderName, OFFICIAL } from "./contenders.ts";
import { buildPrograms, type Programs, type Running } from "./processes.ts";
import type { Cost } from "./program.ts";

/** The costs of one client at one operation, compared with the official client. */
export interface Figures {
  /** Microseconds of processor time per call, one call after the other. */
  readonly cpuAlone: Compared;
  /** Microseconds of processor time per call, with 32 calls at a time. */
  readonly cpuTogether: Compared;
  /** Calls per second, one after the other. */
  readonly rateAlone: Compared;
  /** Calls per second with 32 at a time. */
  readonly rate: Compared;
  /** Bytes per call. */
  readonly allocated: Compared;
}

const ROUNDS = 7;
const WARM_UP = 3_000;
const ALONE = { inFlight: 1, calls: 1_200 };
const TOGETHER = { inFlight: 32, calls: 2_400 };

const COUNTS = 3;
const COUNTED = 1_000;
/** The size of the young generation in MB, large enough that no object is collected while bytes are counted. */
const ROOM = 1_024;

/** The share of one processor above which the server, and not the client, would be measured. */
const BUSY = 0.9;

/** Measures all contenders in turns. */
export async function measureCalls(
  names: readonly ContenderName[],
  operation: keyof Contender,
  rounds = ROUNDS,
): Promise<Map<ContenderName, Figures>> {
  await using programs = await buildPrograms();
  using server = await programs.start<AddressInfo>("server");
  const url = `http://127.0.0.1:${server.greeting.port}/v1`;
  const costs = await timeCalls(programs, server, url, names, operation, rounds);
  const bytes = new Map<ContenderName, number[]>();
  for (const name of names) bytes.set(name, await countBytes(programs, name, url, operation));

  const figures = {
    cpuAlone: compareAll(costs, OFFICIAL, ({ alone }) => alone.cpu / ALONE.calls),
    cpuTogether: compareAll(costs, OFFICIAL, ({ together }) => together.cpu / TOGETHER.calls),
    rateAlone: compareAll(costs, OFFICIAL, ({ alone }) => ALONE.calls / alone.seconds),
    rate: compareAll(costs, OFFICIAL, ({ together }) => TOGETHER.calls / together.seconds),
    allocated: compareAll(bytes, OFFICIAL, (count) => count),
  };
  return new Map(
    names.map((name) => [
      name,
      {
        cpuAlone: entryOf(figures.cpuAlone, name),
        cpuTogether: entryOf(figures.cpuTogether, name),
        rateAlone: entryOf(figures.rateAlone, name),
        rate: entryOf(figures.rate, name),
        allocated: entryOf(figures.allocated, name),
      },
    ]),
  );
}

interface Costs {
  readonly alone: Cost;
  readonly together: Cost;
}

async function timeCalls(
  programs: Programs,
  server: Running<unknown>,
  url: string,
  names: readonly ContenderName[],
  operation: keyof Contender,
  rounds: number,
): Promise<Map<ContenderName, Costs[]>> {
  const running: Running<unknown>[] = [];
  const turns = new Map<ContenderName, () => Promise<Costs>>();
  try {
    for (const name of names) {
      const program = await programs.start("program", [name, url]);
      running.push(program);
      for (const load of [TOGETHER, ALONE]) await program.ask({ ...load, operation, calls: WARM_UP });
      turns.set(name, async () => ({
        alone: await program.ask({ ...ALONE, operation }),
        together: await watched(server, name, program.ask({ ...TOGETHER, operation })),
      }));
    }
    return await inTurns(operation, rounds, turns);
  } finally {
    for (const program of running) program[Symbol.dispose]();
  }
}

/** Warns when the server was measured instead of the client. */
async function watched(server: Running<unknown>, name: string, work: Promise<Cost>): Promise<Cost> {
  const before = await server.ask<NodeJS.CpuUsage>({});
  const cost = await work;
  const { user, system } = await server.ask<NodeJS.CpuUsage>({});
  const busy = (user + system - before.user - before.system) / 1e6 / cost.seconds;
  if (busy > BUSY) console.error(`${name}: the server was busy for ${Math.round(100 * busy)} % of the time`);
  return cost;
}

/** Measures the bytes per call several times, in a process that can hold all of them. */
async function countBytes(
  programs: Programs,
  name: ContenderName,
  url: string,
  operation: keyof Contender,
): Promise<number[]> {
  const room = [`--min-semi-space-size=${ROOM}`, `--max-semi-space-size=${ROOM}`];
  using program = await programs.start("program", [name, url], ["--expose-gc", ...room]);
  await program.ask({ operation, inFlight: 1, calls: WARM_UP });
  const counts: number[] = [];
  for (let calls = COUNTED; counts.length < COUNTS; ) {
    const { allocated } = await program.ask<Cost>({ operation, inFlight: 1, calls });
    if (allocated !== undefined) counts.push(allocated / calls);
    else if (calls > 100) calls /= 2;
    else throw new Error(`${name}: objects are collected however few calls are made`);
  }
  return counts;
}
