import { Agent } from "node:http";
import { describe, expect, it } from "vitest";
import type { ConnectionOptions } from "../../src/http/options.ts";
import { TRANSPORTS } from "../support/clients.ts";
import { contradictionsIn, countEndings, crowdOf, type Ending } from "../support/crowd.ts";
import { serveCrowd } from "../support/crowd-server.ts";
import { settled } from "../support/manual-clock.ts";

/** Another seed gives other faults: `CROWD_SEED=2 npx vitest run crowd`. */
const SEED = process.env.CROWD_SEED ?? "1";
const TROUBLE = { seed: SEED, faults: 0.5 };
const WITH_SEED = `CROWD_SEED=${SEED}`;

/** So long that no fault makes a call time out, even on a busy machine. */
const TIMEOUT = 50_000;

/** Makes `size` calls at once. */
function crowd(url: string, size: number, options: ConnectionOptions): Promise<Ending[]> {
  const call = crowdOf(url, { timeout: TIMEOUT, ...options });
  return Promise.all(Array.from({ length: size }, (_, number) => call(number)));
}

describe.each(TRANSPORTS)("a thousand calls at once over %s", (_name, transport) => {
  it("each end with their own response or error, and have no effect twice, under faults", async () => {
    await using server = await serveCrowd(TROUBLE);
    const endings = await crowd(server.url, 1_000, transport);
    expect(contradictionsIn(server, endings), WITH_SEED).toEqual([]);
    const ends = ["invalid_request", "invalid_response", "network_error", "too_many_requests", "value"];
    expect(Object.keys(countEndings(endings)).sort(), WITH_SEED).toEqual(ends);
  });
});

describe("the connections of many calls at once", () => {
  it("are at most as many as their agent allows, and are closed with it, under faults", async () => {
    await using server = await serveCrowd(TROUBLE);
    const agent = new Agent({ keepAlive: true, maxSockets: 5 });
    const endings = await crowd(server.url, 1_000, { agent });
    expect(contradictionsIn(server, endings), WITH_SEED).toEqual([]);
    expect(server.connections.most, WITH_SEED).toBe(5);
    agent.destroy();
    await server.released();
  });

  it("are at most 64 by default, even if more calls wait", async () => {
    const server = await serveCrowd({ seed: SEED, faults: 0, hangs: 1 });
    const endings = crowd(server.url, 200, { retries: 0 });
    while (server.records.size < 64) await settled();
    for (let turn = 0; turn < 100; turn++) await settled();
    expect(server.connections).toEqual({ open: 64, most: 64 });
    await server[Symbol.asyncDispose]();
    expect(countEndings(await endings)).toEqual({ network_error: 200 });
  });
});
