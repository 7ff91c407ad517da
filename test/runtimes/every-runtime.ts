import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { root } from "../../scripts/pack.ts";
import { useLoopback } from "../contract/harness.ts";
import { operations } from "../contract/spec.ts";
import { type Address, type Case, expectOutcome, SECRET, type Seen } from "./cases/case.ts";
import { keptCases, typedCases } from "./cases/clients.ts";
import { contractCases, operationsOf } from "./cases/contract.ts";
import { errorCases } from "./cases/errors.ts";
import { callbackCases, webhookCases } from "./cases/webhooks.ts";
import { makeConsumer } from "./consumer.ts";
import { RUNTIMES, type Run, type Runtime } from "./runtimes.ts";
import type { Task } from "./task.ts";

// The packed package on every runtime: a program performs tasks and reports their outcomes. The outcomes and the requests that the
// server received are checked here, alike for all runtimes.

const folder = join(root, ".tmp/runtimes");
const loopback = useLoopback();
const TRANSPORTS = ["built-in", "fetch"] as const;

function casesFor({ knowsUnsent }: Runtime): readonly Case[] {
  return [
    ...TRANSPORTS.flatMap(contractCases),
    ...TRANSPORTS.flatMap(typedCases),
    ...keptCases,
    ...webhookCases,
    ...callbackCases,
    ...TRANSPORTS.flatMap((transport) => errorCases(transport, knowsUnsent)),
  ];
}

function groupsOf(cases: readonly Case[]): [group: string, cases: readonly Case[]][] {
  const names = [...new Set(cases.map(({ group }) => group))];
  return names.map((name) => [name, cases.filter(({ group }) => group === name)]);
}

beforeAll(() => makeConsumer(folder));

describe.each(RUNTIMES.map((runtime) => [runtime.name, runtime] as const))("%s", (_name, runtime) => {
  const cases = casesFor(runtime);
  const groups = groupsOf(cases);
  const addresses: Address[] = [];
  let run: Run;

  beforeAll(async () => {
    const tasks: Task[] = [];
    for (const { open, task } of cases) {
      const address = (await open?.(loopback)) ?? { apiUrl: "", received: [] };
      addresses.push(address);
      tasks.push(task(address.apiUrl));
    }
    const env = { AUTHSIGNAL_API_SECRET: SECRET, AUTHSIGNAL_API_URL: inject("prism").authsignal };
    run = await runtime.run({ folder, tasks, env, loopback });
  });

  afterAll(async () => {
    for (const { close } of addresses) await close?.();
  });

  function checkAgainst(one: Case, expected: Seen): void {
    const index = cases.indexOf(one);
    expectOutcome(run.report.outcomes[index], addresses[index]?.received ?? [], expected);
  }

  describe.each(groups)("%s", (_group, cases) => {
    it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => checkAgainst(one, one.expected));
  });

  describe("the program", () => {
    it("runs on the intended runtime", () => {
      const { outcomes, ...report } = run.report;
      expect(report).toEqual({ runtime: runtime.agent, hasProcess: runtime.hasProcess });
      expect(outcomes).toHaveLength(cases.length);
    });

    it("exits after its tasks", () => expect(run.ended).toBe(true));
  });

  describe("canaries", () => {
    it.each(groups)("%s do not pass with another outcome or another request", (_group, cases) => {
      for (const one of cases) {
        expect(() => checkAgainst(one, { ...one.expected, outcome: { value: "another" } }), one.name).toThrow();
        const requests = one.expected.requests?.map((request) => ({ ...request, method: "ANOTHER" }));
        if (requests?.length) expect(() => checkAgainst(one, { ...one.expected, requests }), one.name).toThrow();
      }
    });
  });
});

it("calls all 28 operations over each transport", () => {
  for (const transport of TRANSPORTS) {
    expect(operationsOf(contractCases(transport))).toEqual(new Set(operations.map(({ name }) => name)));
  }
  expect(operations).toHaveLength(28);
});
