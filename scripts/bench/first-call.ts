import { execFile } from "node:child_process";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { OFFICIAL } from "./clients/contenders.ts";
import { buildPrograms } from "./clients/processes.ts";
import { type Compared, compareAll, entryOf, inTurns } from "./spread.ts";

/** The costs in milliseconds of a process that imports a client, calls `track` once and exits. */
export interface FirstCall {
  /** From the first line of the program until the client is imported. */
  readonly imported: Compared;
  /** Processor time of the whole process. */
  readonly cpu: Compared;
  /** From the start of the process to its exit. */
  readonly wall: Compared;
}

export type Format = "module" | "commonjs";

const ROUNDS = 15;

const KEY = "sk_bench";
const ACTION = { userId: "usr_123", action: "withdraw" };
const SENT = JSON.stringify({ custom: { amount: 250.5, currency: "NZD" } });
const INIT = JSON.stringify({
  method: "POST",
  headers: { authorization: `Basic ${btoa(`${KEY}:`)}`, "content-type": "application/json" },
});
const PATH = `/users/${ACTION.userId}/actions/${ACTION.action}`;
const FACADE = `
  const client = new imported.Authsignal({ apiSecretKey: "${KEY}", apiUrl: url });
  return client.track({ ...${JSON.stringify(ACTION)}, attributes: ${SENT} });`;

/** The import of each program, and the body of a function that calls `track`. The empty process has neither. */
const PROGRAMS: Readonly<Record<string, { from?: string; call?: string }>> = {
  "an empty process": {},
  "node:http": {
    from: "node:http",
    call: `return new Promise((resolve, reject) => {
      const agent = new imported.Agent({ keepAlive: true });
      const sent = imported.request(url + "${PATH}", { ...${INIT}, agent }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => { text += chunk; });
        response.on("end", () => resolve(JSON.parse(text)));
      });
      sent.on("error", reject).end(JSON.stringify(${SENT}));
    });`,
  },
  fetch: { call: `return (await fetch(url + "${PATH}", { ...${INIT}, body: JSON.stringify(${SENT}) })).json();` },
  "authsignal-ts": { from: "authsignal-ts", call: FACADE },
  [OFFICIAL]: { from: OFFICIAL, call: FACADE },
};

/** Runs each program in new processes of plain Node, in turns. */
export async function measureFirstCalls(format: Format, rounds = ROUNDS): Promise<Map<string, FirstCall>> {
  await using programs = await buildPrograms();
  using server = await programs.start<AddressInfo>("server");
  const url = `http://127.0.0.1:${server.greeting.port}/v1`;
  const turns = Object.keys(PROGRAMS).map((name) => [name, () => run(sourceOf(name, format, url), format)] as const);
  const costs = await inTurns(`first call, ${format}`, rounds, new Map(turns));
  const imported = compareAll(costs, OFFICIAL, (cost) => cost.imported);
  const cpu = compareAll(costs, OFFICIAL, (cost) => cost.cpu);
  const wall = compareAll(costs, OFFICIAL, (cost) => cost.wall);
  return new Map(
    [...costs.keys()].map((name) => [
      name,
      { imported: entryOf(imported, name), cpu: entryOf(cpu, name), wall: entryOf(wall, name) },
    ]),
  );
}

function sourceOf(name: string, format: Format, url: string): string {
  const { from, call } = PROGRAMS[name] ?? {};
  const load = format === "module" ? "await import" : "require";
  return `
    (async () => {
      const url = "${url}";
      const begin = performance.now();
      const imported = ${from ? `${load}("${from}")` : "undefined"};
      const end = performance.now();
      const call = async () => {${call ?? ""}};
      const answer = await call();
      if (${call !== undefined} && answer.state !== "CHALLENGE_REQUIRED") throw new Error("This is no answer to track");
      const { user, system } = process.cpuUsage();
      const cost = { imported: end - begin, cpu: (user + system) / 1_000 };
      process.stdout.write(JSON.stringify(cost), () => process.exit());
    })();`;
}

/** Runs a program where packages are resolved, with an empty environment. */
async function run(source: string, format: Format): Promise<{ imported: number; cpu: number; wall: number }> {
  const begin = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [`--input-type=${format}`, "--eval", source], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    env: {},
  });
  return { ...JSON.parse(stdout), wall: performance.now() - begin };
}
