import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { Seed } from "../../src/emulator/index.ts";
import type { Fetch } from "../../src/index.ts";
import { allCalls, invoke, returned } from "./calls.ts";
import { accessTo, facadeAt, logged, readied, useEmulator } from "./emulated.ts";
import { emulated, OTHER_CHANGES } from "./emulated-answers.ts";
import { parsed } from "./harness.ts";
import { fillPath, operationNamed } from "./spec.ts";

// Our calls against the emulator, which keeps what it is told: so its answers are known, and not only their form.

const TRANSPORTS: Record<string, Fetch | undefined> = { "node:http": undefined, fetch: globalThis.fetch };

const stage = useEmulator();

describe.each(Object.entries(TRANSPORTS))("over %s", (_transport, fetch) => {
  describe.each(allCalls)("%s", (name, call) => {
    const operation = operationNamed(name);

    it.each(Object.entries(call.requests))("does %s", async (requestName, request) => {
      const scene = stage.scene();
      const ready = await readied(scene, name, request);
      const before = scene.tenant.export();
      const value = await invoke(facadeAt(operation.api, accessTo(operation.api, scene), fetch), name, ready);

      const { operation: matched, status, answer, problem, violation, ...rest } = logged(scene);
      expect({ matched, problem, violation }).toEqual({ matched: name });
      expect(operation.answers.map((one) => one.status)).toContain(`${status}`);
      expect(status).toBe(answer === undefined ? 204 : 200);
      expect(`${rest.method} ${rest.path.split("?")[0]}`).toBe(
        `${operation.method} ${base(name)}${fillPath(operation)}`,
      );
      expect(value).toStrictEqual(returned(call, parsed(JSON.stringify(answer) ?? "")));
      expect(value).toEqual(Reflect.get(rowOf(name), requestName));
      const changes = OTHER_CHANGES[`${name} ${requestName}`] ?? rowOf(name).changes;
      expect(differences(before, scene.tenant.export())).toEqual(changes);
    });
  });
});

const base = (name: string): string => (operationNamed(name).api === "authsignal" ? "/v1" : "");

function rowOf(name: string): { readonly changes: readonly string[] } {
  const row = Object.entries(emulated).find(([one]) => one === name)?.[1];
  if (!row) throw new Error(`Nobody says what ${name} must answer`);
  return row;
}

/** The kinds of things that are not the same. */
function differences(before: Seed, after: Seed): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(Reflect.get(before, name), Reflect.get(after, name))).sort();
}
