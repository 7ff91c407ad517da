import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { routes } from "../../../generated/authsignal-data.ts";
import { routes as callConnectRoutes } from "../../../generated/call-connect-data.ts";
import { MODELLED, sequences } from "./commands.ts";
import { Model } from "./data.ts";
import { checkEnd } from "./invariants.ts";
import { parameters, TEST_TIMEOUT } from "./runs.ts";
import { successes, World, type WorldOptions } from "./world.ts";

function holds(options: WorldOptions): Promise<void> {
  const property = fc.asyncProperty(sequences(options.isKept), async (commands) => {
    const world = new World(options);
    const model = new Model(options.hasLimits);
    try {
      await fc.asyncModelRun(() => ({ model, real: world }), commands);
      await checkEnd(model, world);
    } finally {
      await world.close();
    }
  });
  return fc.assert(property, parameters(50));
}

describe("the emulator does what a simple model of Authsignal does", { timeout: TEST_TIMEOUT }, () => {
  it("with limits", () => holds({ hasLimits: true, isKept: false }));

  it("with a file, closed and opened again at any time", () => holds({ hasLimits: false, isKept: true }));

  it("with every operation, successfully", () => {
    const all = [...Object.keys(routes), ...Object.keys(callConnectRoutes)].sort();
    expect([...MODELLED].sort()).toEqual(all);
    expect([...successes.keys()].sort()).toEqual(all);
  });
});
