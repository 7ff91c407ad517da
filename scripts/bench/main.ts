/**
 * Measures this client, the official one and others, and the emulator and Prism. `--write` writes the figures into README.md and
 * its chart; `--only <part>`, which may be repeated, measures some parts and keeps the figures of the others; `--rounds <n>` is
 * the number of measurements.
 */
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeReadme } from "../readme.ts";
import { measureBundles } from "./bundles.ts";
import { CONTENDERS, isContender, OFFICIAL } from "./clients/contenders.ts";
import { measureCalls } from "./clients/measure.ts";
import { measureEmulator } from "./emulator.ts";
import { type Figures, readFigures, writeFigures } from "./figures.ts";
import { measureFirstCalls } from "./first-call.ts";
import { install } from "./install.ts";
import { chartsOf, emulatorReportOf, reportOf } from "./report.ts";
import { measureTypes } from "./types.ts";

const root = new URL("../../", import.meta.url);

/** The figures of each part; none of a part that cannot be measured here. */
const PARTS: Readonly<Record<string, (rounds?: number) => Promise<Partial<Figures>>>> = {
  async calls(rounds) {
    const names = Object.keys(CONTENDERS).filter(isContender);
    const track = Object.fromEntries(await measureCalls(names, "track", rounds));
    const getUser = Object.fromEntries(await measureCalls(names, "getUser", rounds));
    return { calls: { track, getUser } };
  },
  async "first-call"(rounds) {
    const module = Object.fromEntries(await measureFirstCalls("module", rounds));
    const commonjs = Object.fromEntries(await measureFirstCalls("commonjs", rounds));
    return { firstCall: { module, commonjs } };
  },
  async bundles() {
    return { bundles: await measureBundles() };
  },
  async install() {
    const own = await install(fileURLToPath(new URL(".tmp/authsignal-ts.tgz", root)));
    const official = await install(`${OFFICIAL}@${await versionOf(OFFICIAL)}`);
    if (own && official) return { install: { "authsignal-ts": own, [OFFICIAL]: official } };
    console.error("Its figures stay as they were");
    return {};
  },
  async types(rounds) {
    return { types: Object.fromEntries(await measureTypes(rounds)) };
  },
  async emulator(rounds) {
    return { emulator: Object.fromEntries(await measureEmulator(rounds)) };
  },
};

const { values: options } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: Object.keys(PARTS) },
    rounds: { type: "string" },
  },
  allowNegative: true,
});

const start = performance.now();
let figures: Figures = {
  ...(await readFigures()),
  machine: { node: process.version.slice(1), cores: availableParallelism() },
  versions: await versions(),
};
for (const name of options.only) {
  const measure = PARTS[name];
  if (!measure) throw new Error(`There is no part ${name}: it is one of ${Object.keys(PARTS).join(", ")}`);
  figures = { ...figures, ...(await measure(options.rounds === undefined ? undefined : Number(options.rounds))) };
}

console.log(`${reportOf(figures)}\n\n${emulatorReportOf(figures)}`);
console.log(`\n${options.only.join(", ")}, in ${Math.round((performance.now() - start) / 1_000)} s`);
if (options.write) {
  await writeFigures(figures);
  figures = await readFigures();
  for (const [look, svg] of Object.entries(chartsOf(figures))) {
    await writeFile(new URL(`.github/bench-${look}.svg`, root), svg);
  }
  await writeReadme({ bench: reportOf(figures), "bench-emulator": emulatorReportOf(figures) });
}

async function versions(): Promise<Figures["versions"]> {
  const names = ["openapi-fetch", OFFICIAL, "openai", "stripe"];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await versionOf(name)])));
}

async function versionOf(name: string): Promise<string> {
  return JSON.parse(await readFile(new URL(`node_modules/${name}/package.json`, root), "utf8")).version;
}
