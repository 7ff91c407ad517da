import { join } from "node:path";
import { expect } from "vitest";
import { field, type Outcome, row, runCommand } from "./support.ts";

const folder = join(field, "programs/types");
const compiler = join(field, "node_modules/typescript/bin/tsc");

row("TypeScript 5.9.3, strict, exactOptionalPropertyTypes, skipLibCheck: false", {
  reason: "14 of 17 uses did not compile, such as apiUrl: process.env.X",
  official: { fails: "does not compile: apiUrl: process.env.X", as: /exactOptionalPropertyTypes/ },
  async run(client): Promise<Outcome> {
    const { stdout } = await runCommand(process.execPath, [compiler, "-p", `${client}.json`], {}, folder);
    return { report: { problems: stdout }, seen: [] };
  },
  check: ({ report }: Outcome) => expect(report.problems).toBe(""),
});
