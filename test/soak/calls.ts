/** Makes very many calls, and reports their endings and costs. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { crowdOf, type Ending } from "../support/crowd.ts";
import { dismissal, heapInUse, inParallel, say } from "./work.ts";

export interface CallsTask {
  readonly url: string;
  readonly transport: string;
  readonly calls: number;
  /** The number of calls at the same time. */
  readonly width: number;
}

/** A message of the process: the ending of a call, or the costs after all calls. */
export type Said = { readonly ending: Ending; readonly cost?: undefined } | { readonly cost: CallsCost };

export interface CallsCost {
  readonly seconds: number;
  /** Seconds of processor time. */
  readonly busy: number;
  /** MB of the heap that are in use after a tenth of the calls, and after all of them. */
  readonly heap: readonly [early: number, late: number];
  /** The peak memory of the process, in MB. */
  readonly peak: number;
  /** The delay of the event loop in ms: median, 99th percentile and maximum. */
  readonly lag: readonly number[];
}

const { url, transport, calls, width }: CallsTask = JSON.parse(process.argv[2] ?? "");
const call = crowdOf(url, { fetch: transport === "fetch" ? (request) => fetch(request) : undefined });

/** The interval of measurements of the delay, in ms. */
const RESOLUTION = 5;

async function make(from: number, to: number): Promise<void> {
  await inParallel(width, [from, to], async (number) => say({ ending: await call(number) }));
}

const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
delay.enable();
const start = performance.now();
await make(0, calls / 10);
const early = heapInUse();
await make(calls / 10, calls);
const seconds = (performance.now() - start) / 1000;
delay.disable();

const { user, system } = process.cpuUsage();
const cost: CallsCost = {
  seconds,
  busy: (user + system) / 1e6,
  heap: [early, heapInUse()],
  peak: process.resourceUsage().maxRSS / 1024,
  lag: [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => Math.max(0, ns / 1e6 - RESOLUTION)),
};
say({ cost });
await dismissal();
