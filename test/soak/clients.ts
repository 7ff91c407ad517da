/** Makes calls with one client and with many, and reports the costs of a call in both cases. */
import { crowdOf } from "../support/crowd.ts";
import { dismissal, heapInUse, inParallel, say } from "./work.ts";

export interface ClientsTask {
  readonly url: string;
  readonly clients: number;
  /** The number of calls of each round. */
  readonly calls: number;
  readonly rounds: number;
}

export interface ClientsCost {
  /** Microseconds of processor time for a call, by round. */
  readonly one: readonly number[];
  readonly many: readonly number[];
  /** Kilobytes of the heap for each pair of clients. */
  readonly size: number;
}

const { url, clients, calls, rounds }: ClientsTask = JSON.parse(process.argv[2] ?? "");

const before = heapInUse();
const [one, ...others] = Array.from({ length: clients }, () => crowdOf(url, {}));
if (!one) throw new RangeError("There must be a client");
const many = [one, ...others];
const size = ((heapInUse() - before) * 1024) / clients;

/** Returns the microseconds of processor time for each call, with the clients in turn. */
async function measure(through: typeof many): Promise<number> {
  globalThis.gc?.();
  const start = process.cpuUsage();
  await inParallel(32, [0, calls], async (number) => {
    const { error } = (await through[number % through.length]?.(number)) ?? {};
    if (error) throw new Error(error.message);
  });
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

await measure([one]);
const cost: ClientsCost & { one: number[]; many: number[] } = { one: [], many: [], size };
for (let round = 0; round < rounds; round++) {
  cost.one.push(await measure([one]));
  cost.many.push(await measure(many));
}
say(cost);
await dismissal();
