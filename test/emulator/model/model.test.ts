import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { routes } from "../../../generated/authsignal-data.ts";
import { routes as callConnectRoutes } from "../../../generated/call-connect-data.ts";
import { MODELLED, sequences } from "./commands.ts";
import { Model } from "./data.ts";
import { checkEnd } from "./invariants.ts";
import { successes, World, type WorldOptions } from "./world.ts";

/** How many sequences each property tries. More find more: EMULATOR_RUNS=2000 EMULATOR_SEED=7 */
const RUNS = Number(process.env.EMULATOR_RUNS ?? 60);
const SEED = Number(process.env.EMULATOR_SEED ?? 20_260_115);

/** Long enough for shrinking and for many runs. */
const PATIENCE = 3_600_000;

async function holds(options: WorldOptions): Promise<void> {
  const property = fc.asyncProperty(sequences(options.isKept), async (commands) => {
    const world = new World(options);
    const model = new Model(options.limits);
    try {
      await fc.asyncModelRun(() => ({ model, real: world }), commands);
      await checkEnd(model, world);
    } finally {
      await world.close();
    }
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
}

describe("the emulator does what a simple model of Authsignal does", () => {
  it("with limits", { timeout: PATIENCE }, () => holds({ limits: true, isKept: false }));
  it("without limits", { timeout: PATIENCE }, () => holds({ limits: false, isKept: false }));
  it("with a file, closed and opened again at any time", { timeout: PATIENCE }, () =>
    holds({ limits: false, isKept: true }),
  );

  it("has succeeded with every operation in these sequences", () => {
    const all = [...Object.keys(routes), ...Object.keys(callConnectRoutes)].sort();
    expect([...MODELLED].sort()).toEqual(all);
    expect([...successes.keys()].sort()).toEqual(all);
  });
});
