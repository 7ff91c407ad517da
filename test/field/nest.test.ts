import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, expect } from "vitest";
import { checkCalls, field, type Outcome, row } from "./support.ts";

// NestJS passes instances of classes where other frameworks pass plain objects.

const program = join(field, "programs/nest/app");

beforeAll(async () => {
  const { outputText } = ts.transpileModule(await readFile(`${program}.ts`, "utf8"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  await writeFile(`${program}.mjs`, outputText);
});

const TRACKED = { ipAddress: "203.0.113.7", custom: { amount: 5 } };

/** The result of the controller for the first request, and the later calls. */
function tracked({ report, seen }: Outcome): void {
  const [first, ...others] = seen;
  expect(report.track).toMatchObject({ state: "ALLOW" });
  expect(JSON.parse(first?.body ?? "{}")).toMatchObject(TRACKED);
  checkCalls({ report, seen: others });
}

row("NestJS 12.5.1, a DTO as attributes", {
  reason: "worked before: guards attributes that are no plain object",
  program: "nest/app.mjs",
  env: { SPELLING: "camel" },
  check: tracked,
});

row("NestJS 12.5.1, a DTO as attributes of snakeCase", {
  reason: "ip_address went out as it was, and the service ignored it",
  program: "nest/app.mjs",
  env: { SPELLING: "snake" },
  official: "none",
  check: tracked,
});
