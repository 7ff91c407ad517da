import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { contradictionsIn, countEndings, type Ending } from "../support/crowd.ts";
import { serveCrowd } from "../support/crowd-server.ts";
import type { CallsCost, CallsTask, Said } from "./calls.ts";
import type { ClientsCost, ClientsTask } from "./clients.ts";
import { run } from "./program.ts";

/** Another seed gives other faults: `CROWD_SEED=2 make soak`. */
const SEED = process.env.CROWD_SEED ?? "1";
const WITH_SEED = `CROWD_SEED=${SEED}`;

/** Milliseconds after which idle connections must be closed: the agent keeps them for 10 seconds, `fetch` for 4. */
const RELEASE = 20_000;

/** MB by which the heap may grow between a tenth of the calls and all of them. */
const GROWTH = 4;

/** The factor by which a call may cost more with many clients, for cache misses and a busy machine. */
const FACTOR = 1.5;

/** Makes calls in a separate process; returns their endings, their costs, and the connections that stay open. */
async function soak(transport: string, calls: number, width: number) {
  await using server = await serveCrowd({ seed: SEED, faults: 0.1, hangs: 0.0005 });
  const endings: Ending[] = [];
  const costs: CallsCost[] = [];
  let left = Number.NaN;
  const task: CallsTask = { url: server.url, transport, calls, width };
  const farewell = await run<Said>("calls", task, (said, dismiss) => {
    if (!said.cost) return endings.push(said.ending);
    costs.push(said.cost);
    Promise.race([server.released(), setTimeout(RELEASE)]).then(() => {
      left = server.connections.open;
      dismiss();
    });
  });
  const [cost] = costs;
  if (!cost) throw new Error(`The process ended too early: ${farewell.stderr}`);
  return { endings, cost, farewell, most: server.connections.most, left, wrongs: contradictionsIn(server, endings) };
}

describe.each([
  { transport: "node:http", calls: 100_000, width: 128, bound: 64 },
  { transport: "fetch", calls: 10_000, width: 32, bound: 64 },
])("$calls calls over $transport", ({ transport, calls, width, bound }) => {
  it("get their own responses, have no effect twice, and leave no connection and no memory", async () => {
    const { endings, cost, farewell, most, left, wrongs } = await soak(transport, calls, width);
    const { seconds, busy, heap, peak, lag } = cost;
    const [early = 0, late = 0] = heap;
    const rounded = (numbers: readonly number[], unit: string) => numbers.map((one) => `${one.toFixed(1)} ${unit}`);
    console.log(`${calls} calls over ${transport}, ${width} at once, ${WITH_SEED}`);
    console.table({
      "calls in a second": Math.round(calls / seconds),
      "processor time of a call": `${Math.round((busy / calls) * 1e6)} µs`,
      "lag (median, 99 %, worst)": rounded(lag, "ms").join(", "),
      "heap (after a tenth, after all)": rounded(heap, "MB").join(", "),
      "memory at its peak": `${Math.round(peak)} MB`,
      "connections at once": most,
      "connections left": left,
      ...countEndings(endings),
    });
    expect(wrongs.slice(0, 20), `${wrongs.length} wrongs, ${WITH_SEED}`).toEqual([]);
    expect(new Set(endings.map(({ number }) => number)).size).toBe(calls);
    expect(most).toBeLessThanOrEqual(bound);
    expect(left, "connections that stay open").toBe(0);
    expect(late - early).toBeLessThan(GROWTH);
    expect(farewell).toEqual({ exitCode: 0, stderr: "" });
  });
});

describe("10,000 clients in one process", () => {
  it("cost as much for each call as one client", async () => {
    await using server = await serveCrowd({ seed: SEED, faults: 0 });
    const task: ClientsTask = { url: server.url, clients: 10_000, calls: 20_000, rounds: 3 };
    const costs: ClientsCost[] = [];
    const farewell = await run<ClientsCost>("clients", task, (said, dismiss) => {
      costs.push(said);
      dismiss();
    });
    expect(farewell).toEqual({ exitCode: 0, stderr: "" });
    const [{ one, many, size } = { one: [], many: [], size: 0 }] = costs;
    const best = { one: Math.min(...one), many: Math.min(...many) };
    console.table({
      "a call through one client": one.map((time) => `${Math.round(time)} µs`).join(", "),
      "a call through one of 10,000": many.map((time) => `${Math.round(time)} µs`).join(", "),
      "memory of a client": `${size.toFixed(1)} KB`,
    });
    expect(best.many / best.one).toBeLessThan(FACTOR);
  });
});
