/**
 * Runs this client and three other SDKs under every fault of `test/faults/`, each call in a process of its own, and counts
 * what goes wrong. With `--write` the table goes into README.md; `--only <text>` takes the faults with this text in their names, `--every <n>`
 * each n-th fault, and `--details` tells what went wrong in which cell.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FAULTS } from "../test/faults/catalogue.ts";
import type { Fault } from "../test/faults/fault.ts";
import { handsBackSecret, isForeign, isLate, SINS, type Sin, sinsOf } from "../test/faults/peers/judge.ts";
import {
  CLIENTS,
  type Client,
  endsTheSame,
  NO_FAULT,
  type PeerCell,
  type PeerEnding,
  runPeerCell,
} from "../test/faults/peers/run.ts";
import { buildProgram, type Program } from "../test/faults/run-cell.ts";
import { writeReadme } from "./readme.ts";

const PROCESSES = 4;
/** How often a cell is run anew whose call ended too late, as it does on a busy machine. */
const REPETITIONS = 2;
/** Cells that follow one another are so far apart in the list, so that those that wait do not all come at once. */
const STRIDE = 7_919;

const root = new URL("../", import.meta.url);
const PROGRAMS = fileURLToPath(new URL("test/faults/peers", root));

const { values: options } = parseArgs({
  options: {
    write: { type: "boolean" },
    only: { type: "string", default: "" },
    every: { type: "string", default: "1" },
    details: { type: "boolean" },
  },
});

/** What a client did in a cell. */
interface Verdict {
  readonly ending: PeerEnding;
  readonly sins: ReadonlyMap<Sin, string>;
}

/** What is called under one fault, once and always. */
type Pair = Omit<PeerCell, "often">;

function pairsOf(faults: readonly Fault[]): Pair[] {
  return faults.flatMap((fault) =>
    CLIENTS.flatMap((client) => Object.keys(client.operations).map((operation) => ({ client, fault, operation }))),
  );
}

async function judge(programs: ReadonlyMap<Client, Program>, cell: PeerCell, left = REPETITIONS): Promise<Verdict> {
  const program = programs.get(cell.client);
  if (!program) throw new Error(`There is no program for ${cell.client.name}`);
  const ending = await runPeerCell(program, cell);
  return isLate(ending) && left > 0 ? judge(programs, cell, left - 1) : { ending, sins: sinsOf(ending) };
}

/** Judges a call under a fault that comes once, and under one that comes always. */
async function judgePair(programs: ReadonlyMap<Client, Program>, pair: Pair): Promise<[Verdict, Verdict]> {
  const once = await judge(programs, { ...pair, often: "once" });
  const always: PeerCell = { ...pair, often: "always" };
  if (!endsTheSame(once.ending)) return [once, await judge(programs, always)];
  const ending = { ...once.ending, cell: always };
  return [once, { ending, sins: sinsOf(ending) }];
}

async function judgeAll(programs: ReadonlyMap<Client, Program>, pairs: readonly Pair[]): Promise<Verdict[]> {
  const queue = pairs.map((_, index) => pairs[(index * STRIDE) % pairs.length]).filter((pair) => pair !== undefined);
  const verdicts: Verdict[] = [];
  const work = async () => {
    for (let pair = queue.pop(); pair; pair = queue.pop()) {
      verdicts.push(...(await judgePair(programs, pair)));
      if (verdicts.length % 500 === 0) console.error(`${verdicts.length} of ${2 * pairs.length} cells`);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return verdicts;
}

function nameOf({ client, fault, operation, often }: PeerCell): string {
  return `${client.name}, ${operation}, ${fault.name}, ${often}`;
}

async function versionOf({ name }: Client): Promise<string> {
  if (name === "authsignal-ts") return "";
  const json = await readFile(new URL(`node_modules/${name}/package.json`, root), "utf8");
  return ` ${JSON.parse(json).version}`;
}

async function tableOf(verdicts: readonly Verdict[], canaries: readonly Verdict[]): Promise<string> {
  const of = (list: readonly Verdict[], client: Client) => list.filter(({ ending }) => ending.cell.client === client);
  const clean = (client: Client) => of(verdicts, client).filter(({ sins }) => sins.size === 0).length;
  const count = (client: Client, test: (ending: PeerEnding) => boolean) =>
    `${of(verdicts, client).filter(({ ending }) => test(ending)).length}`;
  const percent = (part: number, all: number) => `${((100 * part) / all).toFixed(1)} %`;
  const row = (title: string, cells: readonly string[]) => `| ${[title, ...cells].join(" | ")} |`;
  const rowOf = (title: string, cell: (client: Client) => string) => row(title, CLIENTS.map(cell));
  const shows = (client: Client) => of(canaries, client).some(({ ending }) => ending.report?.clientLeaks.length);
  const versions = await Promise.all(CLIENTS.map(versionOf));
  return [
    row(
      "",
      CLIENTS.map(({ name }, index) => `\`${name}\`${versions[index]}`),
    ),
    `|---|${"---|".repeat(CLIENTS.length)}`,
    rowOf("calls", (client) => of(verdicts, client).length.toLocaleString("en")),
    rowOf("**with nothing wrong**", (client) => `**${percent(clean(client), of(verdicts, client).length)}**`),
    ...SINS.map((sin) => rowOf(sin, (client) => `${of(verdicts, client).filter(({ sins }) => sins.has(sin)).length}`)),
    rowOf("not counted: the error shows the secret, which the service had sent back", (client) =>
      count(client, handsBackSecret),
    ),
    rowOf("not counted: the error is of no class of the SDK", (client) => count(client, isForeign)),
    rowOf("not counted: the client shows the secret when it is printed", (client) => (shows(client) ? "yes" : "no")),
  ].join("\n");
}

const folder = fileURLToPath(new URL(`.tmp/faults-peers-${process.pid}`, root));
const start = performance.now();
try {
  const programs = new Map<Client, Program>();
  for (const client of CLIENTS) programs.set(client, await buildProgram(folder, join(PROGRAMS, client.program)));

  const canaries = await judgeAll(programs, pairsOf([NO_FAULT]));
  const unfit = canaries.filter(({ sins }) => sins.size > 0);
  for (const { ending, sins } of unfit) console.error(`${nameOf(ending.cell)}:`, sins);
  if (unfit.length > 0) throw new Error("A client cannot even make a call that nothing disturbs");

  const faults = FAULTS.filter(({ name }) => name.includes(options.only)).filter(
    (_, index) => index % Number(options.every) === 0,
  );
  const verdicts = await judgeAll(programs, pairsOf(faults));
  if (options.details) {
    for (const { ending, sins } of verdicts) if (sins.size > 0) console.log(`${nameOf(ending.cell)}:`, sins);
  }
  const table = await tableOf(verdicts, canaries);
  console.log(table);
  console.log(
    `\n${verdicts.length} cells of ${faults.length} faults, in ${Math.round((performance.now() - start) / 1000)} s`,
  );
  if (options.write) await writeReadme({ "faults-peers": table });
} finally {
  await rm(folder, { recursive: true, force: true });
}
