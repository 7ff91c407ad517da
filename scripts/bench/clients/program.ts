/** Runs one client in a separate process: makes the calls that the parent process requests, and reports their costs. */
import { GCProfiler } from "node:v8";
import { CONTENDERS, type Contender, isContender } from "./contenders.ts";

/** A request of the parent process. */
export interface Order {
  readonly operation: keyof Contender;
  readonly inFlight: number;
  readonly calls: number;
}

/** The costs of the calls. */
export interface Cost {
  readonly seconds: number;
  /** Microseconds of processor time. */
  readonly cpu: number;
  /** The growth of the heap in bytes; undefined when objects were collected meanwhile. */
  readonly allocated: number | undefined;
}

const [, , name = "", url = ""] = process.argv;
if (!isContender(name)) throw new Error(`There is no contender ${name}`);
const contender: Contender = await CONTENDERS[name](url);

process.on("message", async (order: Order) => process.send?.(await run(order)));
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function run({ operation, inFlight, calls }: Order): Promise<Cost> {
  let left = calls;
  const lane = async () => {
    while (left-- > 0) await contender[operation]();
  };
  globalThis.gc?.();
  const collections = new GCProfiler();
  collections.start();
  const heap = process.memoryUsage().heapUsed;
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const grown = process.memoryUsage().heapUsed - heap;
  const isWhole = collections.stop().statistics.length === 0;
  return { seconds, cpu: user + system, allocated: isWhole ? grown : undefined };
}
