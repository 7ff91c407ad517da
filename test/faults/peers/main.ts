/**
 * Runs this client and three other SDKs under every fault of `test/faults/`, each call in a separate process, and counts the
 * defects. `--write` writes the table into README.md, `--only <text>` takes the faults with this text in their names,
 * `--every <n>` each n-th fault, and `--details` prints the defects of each cell.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeReadme } from "../../../scripts/readme.ts";
import { FAULTS } from "../catalogue.ts";
import type { Fault } from "../fault.ts";
import { buildProgram, type Program } from "../run-cell.ts";
import { DEFECTS, type Defect, defectsOf, echoesSecret, isForeign, isLate } from "./defects.ts";
import { CLIENTS, type Client, endsTheSame, NO_FAULT, type PeerCell, type PeerEnding, runPeerCell } from "./run.ts";

const PROCESSES = 4;
/** How often a cell is run again when its call ended too late, which happens on a busy machine. */
const REPETITIONS = 2;
/** The distance in the list between cells that run one after the other, so that slow cells do not all run at the same time. A prime. */
const STRIDE = 7_919;

const root = new URL("../../../", import.meta.url);

const { values: options } = parseArgs({
  options: {
    write: { type: "boolean" },
    only: { type: "string", default: "" },
    every: { type: "string", default: "1" },
    details: { type: "boolean" },
  },
});

/** The outcome of a cell, and the defects that it shows. */
interface Result {
  readonly ending: PeerEnding;
  readonly defects: ReadonlyMap<Defect, string>;
}

/** One call under one fault, which comes once or always. */
type Pair = Omit<PeerCell, "often">;

function pairsOf(faults: readonly Fault[]): Pair[] {
  return faults.flatMap((fault) =>
    CLIENTS.flatMap((client) => Object.keys(client.operations).map((operation) => ({ client, fault, operation }))),
  );
}

async function runCell(programs: ReadonlyMap<Client, Program>, cell: PeerCell, left = REPETITIONS): Promise<Result> {
  const program = programs.get(cell.client);
  if (!program) throw new Error(`No program was built for ${cell.client.name}`);
  const ending = await runPeerCell(program, cell);
  return isLate(ending) && left > 0 ? runCell(programs, cell, left - 1) : { ending, defects: defectsOf(ending) };
}

/** Runs a call under a fault that comes once, and under the same fault that comes always. */
async function runPair(programs: ReadonlyMap<Client, Program>, pair: Pair): Promise<[Result, Result]> {
  const once = await runCell(programs, { ...pair, often: "once" });
  const always: PeerCell = { ...pair, often: "always" };
  if (!endsTheSame(once.ending)) return [once, await runCell(programs, always)];
  const ending = { ...once.ending, cell: always };
  return [once, { ending, defects: defectsOf(ending) }];
}

async function runAll(programs: ReadonlyMap<Client, Program>, pairs: readonly Pair[]): Promise<Result[]> {
  const queue = pairs.map((_, index) => pairs[(index * STRIDE) % pairs.length]).filter((pair) => pair !== undefined);
  const results: Result[] = [];
  const work = async () => {
    for (let pair = queue.pop(); pair; pair = queue.pop()) {
      results.push(...(await runPair(programs, pair)));
      if (results.length % 500 === 0) console.error(`${results.length} of ${2 * pairs.length} cells`);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  return results;
}

function nameOf({ client, fault, operation, often }: PeerCell): string {
  return `${client.name}, ${operation}, ${fault.name}, ${often}`;
}

async function versionOf({ name }: Client): Promise<string> {
  if (name === "authsignal-ts") return "";
  const json = await readFile(new URL(`node_modules/${name}/package.json`, root), "utf8");
  return ` ${JSON.parse(json).version}`;
}

async function tableOf(results: readonly Result[], canaries: readonly Result[]): Promise<string> {
  const of = (list: readonly Result[], client: Client) => list.filter(({ ending }) => ending.cell.client === client);
  const clean = (client: Client) => of(results, client).filter(({ defects }) => defects.size === 0).length;
  const count = (client: Client, test: (ending: PeerEnding) => boolean) =>
    `${of(results, client).filter(({ ending }) => test(ending)).length}`;
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
    rowOf("calls", (client) => of(results, client).length.toLocaleString("en")),
    rowOf("**with nothing wrong**", (client) => `**${percent(clean(client), of(results, client).length)}**`),
    ...DEFECTS.map((defect) =>
      rowOf(defect, (client) => `${of(results, client).filter(({ defects }) => defects.has(defect)).length}`),
    ),
    rowOf("not counted: the error shows the secret, which the response contained", (client) =>
      count(client, echoesSecret),
    ),
    rowOf("not counted: the error is no class of the SDK", (client) => count(client, isForeign)),
    rowOf("not counted: the client shows the secret when it is printed", (client) => (shows(client) ? "yes" : "no")),
  ].join("\n");
}

const folder = fileURLToPath(new URL(`.tmp/faults-peers-${process.pid}`, root));
const start = performance.now();
try {
  const programs = new Map<Client, Program>();
  for (const client of CLIENTS)
    programs.set(client, await buildProgram(folder, join(import.meta.dirname, client.program)));

  const canaries = await runAll(programs, pairsOf([NO_FAULT]));
  const failed = canaries.filter(({ defects }) => defects.size > 0);
  for (const { ending, defects } of failed) console.error(`${nameOf(ending.cell)}:`, defects);
  if (failed.length > 0) throw new Error("A client fails without a fault");

  const faults = FAULTS.filter(({ name }) => name.includes(options.only)).filter(
    (_, index) => index % Number(options.every) === 0,
  );
  const results = await runAll(programs, pairsOf(faults));
  if (options.details) {
    for (const { ending, defects } of results) if (defects.size > 0) console.log(`${nameOf(ending.cell)}:`, defects);
  }
  const table = await tableOf(results, canaries);
  console.log(table);
  console.log(
    `\n${results.length} cells of ${faults.length} faults, in ${Math.round((performance.now() - start) / 1000)} s`,
  );
  if (options.write) await writeReadme({ "faults-peers": table });
} finally {
  await rm(folder, { recursive: true, force: true });
}
