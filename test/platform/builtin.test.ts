import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import { builtinModule } from "../../src/platform/builtin.ts";

const source = readFileSync(join(import.meta.dirname, "../../src/platform/builtin.ts"), "utf8");
const { code } = transformSync(source, { loader: "ts", format: "iife", globalName: "builtin" });

/** Asks for a module in a realm with these globals. */
function ask(globals: object): unknown {
  return runInContext(`${code}; builtin.builtinModule("node:crypto")`, createContext(globals));
}

test("gives the module where there is one", () => {
  expect(builtinModule("node:util")?.format).toBeTypeOf("function");
  const crypto = {};
  expect(ask({ process: { getBuiltinModule: (name: string) => name === "node:crypto" && crypto } })).toBe(crypto);
});

test.each<[string, object]>([
  ["has no process", {}],
  ["has a process without the function", { process: { env: {} } }],
  ["has a null for a process", { process: null }],
  ["lacks the module", { process: { getBuiltinModule: () => undefined } }],
  ["has the function, which throws", { process: { getBuiltinModule: () => JSON.parse("?") } }],
  [
    "throws when the function is read",
    {
      process: {
        get getBuiltinModule() {
          return JSON.parse("?");
        },
      },
    },
  ],
  [
    "throws when the process is read",
    {
      get process() {
        return JSON.parse("?");
      },
    },
  ],
])("gives undefined where the runtime %s", (_, globals) => {
  expect(ask(globals)).toBeUndefined();
});

test("calls the function as a method of the process", () => {
  const process = {
    known: { "node:crypto": "it" },
    getBuiltinModule(name: "node:crypto") {
      return this.known[name];
    },
  };
  expect(ask({ process })).toBe("it");
});
