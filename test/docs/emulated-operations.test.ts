import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as official from "@authsignal/node";
import { expect, it } from "vitest";
import { calls } from "../contract/calls.ts";
import { MODELLED } from "../emulator/model/commands.ts";
import { root } from "./symbols.ts";

it("the table of emulated operations names the tests that each operation has", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const rows = [...readme.matchAll(/^\| `(\w+)` \| yes \| (.*?) \|/gm)].map(([, name = "", tests = ""]) => [
    name,
    tests,
  ]);
  const officialNames = [official.Authsignal, official.CallConnect].flatMap(({ prototype }) =>
    Object.getOwnPropertyNames(prototype),
  );
  const expected = Object.keys(calls).map((name) => {
    const tests = [
      ["contract"],
      officialNames.includes(name) ? ["official client"] : [],
      MODELLED.has(name) ? ["model"] : [],
    ];
    return [name, tests.flat().join(", ")];
  });
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
  expect(rows.length).toBeGreaterThan(20);
});
