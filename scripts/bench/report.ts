/** Formats the figures for README.md. */

import { OFFICIAL_TRACK, TRACK } from "./bundles.ts";
import { type Bar, chartOf, LOOKS, type Tone } from "./chart.ts";
import { OFFICIAL } from "./clients/contenders.ts";
import type { Figures as CallFigures } from "./clients/measure.ts";
import type { Figures } from "./figures.ts";
import type { FirstCall } from "./first-call.ts";
import type { Compared, Spread } from "./spread.ts";
import { CALLS, OPERATIONS } from "./types.ts";

const OWN = "authsignal-ts";

type Row = readonly string[];

/** Formats a Markdown table. Its first column is aligned left, the others right. */
export function tableOf(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(" | ")} |`;
  return [line(head), `|---|${"---:|".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}

/** Formats all figures of the clients: the chart, a table of calls, one of start-up costs, and details to unfold. */
export function reportOf({ machine, versions, calls, firstCall, bundles, install, types }: Figures): string {
  const named = (name: string) => [`\`${name}\``, ...(versions[name] ? [versions[name]] : [])].join(" ");
  const before = beforeCalls({ firstCall, bundles, install, types });
  return [
    `<picture>
  <source media="(prefers-color-scheme: dark)" srcset=".github/bench-dark.svg">
  <img alt="${TITLE}" src=".github/bench-light.svg">
</picture>`,
    `\`track\` on one machine with ${machine.cores} cores and Node ${machine.node}: medians, and in brackets how many times the figure of \`${OFFICIAL}\` that is.`,
    callsTable(calls.track, named, brief),
    tableOf(["Before the first call and beside it", named(OWN), named(OFFICIAL), "Ratio"], before),
    "<details>\n<summary>All figures, with their spread</summary>",
    ...Object.entries(calls).flatMap(([operation, figures]) => [
      `\`${operation}\`: medians, and in brackets the median of the ratios of the rounds, with the lowest and the highest.`,
      callsTable(figures, named, full),
    ]),
    "A fresh process that imports a client and calls `track` once, in the same way.",
    ...Object.entries(firstCall).map(([format, figures]) => firstCallTable(FORMATS[format] ?? format, figures, named)),
    "Programs that esbuild has bundled.",
    tableOf(
      ["", "Minified", "With gzip"],
      bundles.map(({ program, minified, gzip }) => [program, bytesOf(minified), bytesOf(gzip)]),
    ),
    "</details>",
  ].join("\n\n");
}

export function emulatorReportOf({ emulator }: Figures): string {
  return tableOf(
    ["", "Median", "Lowest to highest"],
    Object.entries(emulator).map(([name, { median, lowest, highest }]) => [
      name,
      whole(median),
      `${whole(lowest)} to ${whole(highest)}`,
    ]),
  );
}

const TITLE = "Processor time per track of each client";
const FORMATS: Readonly<Record<string, string>> = { module: "ES module", commonjs: "CommonJS" };

/** Draws the chart for light and dark pages. */
export function chartsOf({ calls, machine }: Figures): Record<keyof typeof LOOKS, string> {
  const ranked = Object.entries(calls.track).toSorted(([, one], [, other]) => medianOf(one) - medianOf(other));
  const panel = (title: string, of: (figures: CallFigures) => Spread) => ({
    title,
    bars: ranked.map(([name, figures]): Bar => {
      const { median } = of(figures);
      return { name, value: median, label: microseconds(median), tone: TONES.get(name) ?? "other" };
    }),
  });
  const panels = [
    panel("CPU per track, 1 call in flight", ({ cpuAlone }) => cpuAlone),
    panel("CPU per track, 32 calls in flight", ({ cpuTogether }) => cpuTogether),
  ];
  const all = panels.map(
    ({ title, bars }) => `${title}: ${bars.map(({ name, label }) => `${name} ${label}`).join(", ")}.`,
  );
  const description = [...all, `One machine with ${machine.cores} cores, Node ${machine.node}.`].join(" ");
  const draw = (look: keyof typeof LOOKS) => chartOf(TITLE, description, panels, LOOKS[look]);
  return { light: draw("light"), dark: draw("dark") };
}

const TONES = new Map<string, Tone>([
  [OWN, "own"],
  ["authsignal-ts/client", "own"],
  [OFFICIAL, "base"],
]);

function medianOf({ cpuAlone }: CallFigures): number {
  return cpuAlone.median;
}

/** Formats a quantity that is compared with that of the official client. */
type Style = (figure: Compared, unit: (number: number) => string) => string;

const brief: Style = ({ median, ratio }, unit) => `${unit(median)} (${ratio.median.toFixed(2)})`;
const full: Style = ({ median, ratio }, unit) =>
  `${unit(median)} (${ratio.median.toFixed(2)}; ${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)})`;

function callsTable(
  calls: Readonly<Record<string, CallFigures>>,
  named: (name: string) => string,
  style: Style,
): string {
  return tableOf(
    [
      "",
      "CPU per call, 1 in flight",
      "CPU per call, 32 in flight",
      "Calls per second, 32 in flight",
      "Allocated per call",
    ],
    Object.entries(calls).map(([name, { cpuAlone, cpuTogether, rate, allocated }]) => [
      named(name),
      style(cpuAlone, microseconds),
      style(cpuTogether, microseconds),
      style(rate, whole),
      style(allocated, bytesOf),
    ]),
  );
}

function firstCallTable(
  format: string,
  figures: Readonly<Record<string, FirstCall>>,
  named: (name: string) => string,
): string {
  return tableOf(
    [format, "Import", "CPU", "Wall clock"],
    Object.entries(figures).map(([name, { imported, cpu, wall }]) => [
      name.includes(" ") ? name : named(name),
      imported.median < 0.1 ? "" : full(imported, milliseconds),
      full(cpu, milliseconds),
      full(wall, milliseconds),
    ]),
  );
}

/** The costs before and at the first call, of our client and the official one. */
function beforeCalls({
  firstCall,
  bundles,
  install,
  types,
}: Omit<Figures, "machine" | "versions" | "calls" | "emulator">) {
  const start = (title: string, of: (cost: FirstCall) => Compared) =>
    Object.entries(firstCall).map(([format, figures]) =>
      compared(
        `${title}, ${FORMATS[format] ?? format}`,
        of(find(figures, OWN)),
        of(find(figures, OFFICIAL)),
        milliseconds,
      ),
    );
  const bundle = (name: string) => bundles.find(({ program }) => program === name)?.gzip ?? Number.NaN;
  const [own, base] = [find(install, OWN), find(install, OFFICIAL)];
  const [ownTypes, baseTypes] = [find(types, OWN), find(types, OFFICIAL)];
  return [
    ...start("import, one `track` and end: CPU", ({ cpu }) => cpu),
    ...start("the same: wall clock", ({ wall }) => wall),
    ...start("import alone", ({ imported }) => imported),
    counted("bundle that calls `track`, minified, with gzip", bundle(TRACK), bundle(OFFICIAL_TRACK), bytesOf),
    counted("packages that `npm install` brings", own.packages, base.packages, whole),
    counted("bytes of their files", own.bytes, base.bytes, bytesOf),
    counted(
      `type instantiations of ${CALLS} calls, of ${OPERATIONS} operations`,
      ownTypes.instantiations,
      baseTypes.instantiations,
      whole,
    ),
    compared("time to check the types of that program", ownTypes.total, baseTypes.total, milliseconds),
    ["the calls' share of it", milliseconds(ownTypes.calls.median), milliseconds(baseTypes.calls.median), ""],
  ];
}

function compared(title: string, own: Compared, base: Compared, unit: (number: number) => string): Row {
  return [title, unit(own.median), unit(base.median), own.ratio.median.toFixed(2)];
}

function counted(title: string, own: number, base: number, unit: (number: number) => string): Row {
  return [title, unit(own), unit(base), (own / base).toFixed(2)];
}

function find<Value>(record: Readonly<Record<string, Value>>, name: string): Value {
  const value = record[name];
  if (value === undefined) throw new Error(`There are no figures of ${name}`);
  return value;
}

const whole = (number: number): string => Math.round(number).toLocaleString("en");
const short = (number: number): string => (number < 10 ? number.toFixed(1) : whole(number));
const microseconds = (number: number): string => `${short(number)} µs`;
const milliseconds = (number: number): string => `${short(number)} ms`;
/** 1 kB is 1,000 bytes. */
const bytesOf = (bytes: number): string => (bytes < 1e6 ? `${short(bytes / 1e3)} kB` : `${short(bytes / 1e6)} MB`);
