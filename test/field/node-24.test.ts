import { join } from "node:path";
import { expect } from "vitest";
import { field, NODE_24, type Outcome, outcomeOf, row, runNode, startService } from "./support.ts";

// Programs that need Node 24.

const folder = join(field, "24");
const GUARD = "worked before: guards the newest versions";

function runOn24(words: readonly string[], cwd = join(folder, "programs")) {
  return async (client: string): Promise<Outcome> => {
    const service = await startService();
    const report = await runNode(words, { CLIENT: client, API_URL: service.apiUrl }, { node: NODE_24, cwd });
    return outcomeOf(report, service);
  };
}

const vitest = (file: string) =>
  runOn24([join(folder, "node_modules/vitest/vitest.mjs"), "run", file], join(folder, "programs/vitest"));

row("msw 3.0.5, Node 24", { reason: GUARD, run: runOn24(["msw.mjs"]) });

row("vitest 5.1.2, Node 24", { reason: GUARD, run: vitest("client") });

row("vitest 5.1.2 and msw 3.0.5 with the emulator, Node 24", {
  reason: GUARD,
  official: "none",
  run: vitest("emulator"),
  check({ report }: Outcome) {
    const both = { track: { state: "BLOCK" }, getUser: { isEnrolled: false } };
    expect(report).toMatchObject({ withPort: both, withoutPort: both, withMsw: both });
  },
});

row("vitest 5.1.2 with emulatorFixture, Node 24", {
  reason: GUARD,
  official: "none",
  run: vitest("fixture"),
  check: ({ report }: Outcome) => expect(report.track).toMatchObject({ state: "BLOCK" }),
});
