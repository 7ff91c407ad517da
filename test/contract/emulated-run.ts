import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { Seed } from "../../src/emulator/index.ts";
import { invoke } from "./calls.ts";
import { logged, readied, type Scene } from "./emulated.ts";
import { emulated, OTHER_CHANGES } from "./emulated-responses.ts";
import { parsed } from "./harness.ts";
import { fillPath, type Json, operationNamed } from "./spec.ts";

/** The expected outcome of a request of the table. */
export interface Expected {
  /** The value that our facade returns. */
  readonly value: unknown;
  /** The kinds of rows that the call changes in the emulator. */
  readonly changes: readonly string[];
}

export function expectedOf(name: string, requestName: string): Expected {
  const row = Object.entries(emulated).find(([one]) => one === name)?.[1];
  if (!row || !(requestName in row)) throw new Error(`There is no expected outcome of ${name} ${requestName}`);
  const changes = OTHER_CHANGES[`${name} ${requestName}`] ?? row.changes;
  return { value: Reflect.get(row, requestName), changes };
}

/** The outcome of a call. */
export interface Outcome extends Expected {
  /** The body of the response on the wire. */
  readonly response: Json | undefined;
}

/** Makes a call to the emulator and checks that the emulator reports no problem of the request or the response. */
export async function perform(scene: Scene, client: object, name: string, request: unknown): Promise<Outcome> {
  const ready = await readied(scene, name, request);
  const before = scene.tenant.export();
  const value = await invoke(client, name, ready);

  const { operation: matched, status, answer: response, problem, violation, fault, method, path } = logged(scene);
  expect({ matched, problem, violation, fault }).toEqual({ matched: name });
  expect(status).toBe(response === undefined ? 204 : 200);
  const operation = operationNamed(name);
  const base = operation.api === "authsignal" ? "/v1" : "";
  expect(`${method} ${path.split("?")[0]}`).toBe(`${operation.method} ${base}${fillPath(operation)}`);
  // The timeline records calls beside the state that they change; test/emulator/state/timelines.test.ts covers it.
  const changes = differences(before, scene.tenant.export()).filter((table) => table !== "timeline");
  return { value, changes, response: parsed(JSON.stringify(response) ?? "") };
}

function differences(before: Seed, after: Seed): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(Reflect.get(before, name), Reflect.get(after, name))).sort();
}
