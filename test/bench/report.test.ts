import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readFigures } from "../../scripts/bench/figures.ts";
import { chartsOf, emulatorReportOf, reportOf, tableOf } from "../../scripts/bench/report.ts";
import { putBetween } from "../../scripts/readme.ts";

const figures = await readFigures();
const root = new URL("../../", import.meta.url);
const read = (file: string) => readFile(new URL(file, root), "utf8");

describe("the figures in README.md", () => {
  it("are the latest ones", async () => {
    const readme = await read("README.md");
    expect(putBetween(readme, "bench", reportOf(figures))).toBe(readme);
    expect(putBetween(readme, "bench-emulator", emulatorReportOf(figures))).toBe(readme);
  });

  it("are those of the charts", async () => {
    for (const [look, svg] of Object.entries(chartsOf(figures)))
      expect(await read(`.github/bench-${look}.svg`)).toBe(svg);
  });

  it("have ratios, and the details have ranges", () => {
    const figure = (median: number, ratio: number) => ({
      median,
      lowest: median,
      highest: median,
      ratio: { median: ratio, lowest: ratio - 0.01, highest: ratio + 0.02 },
    });
    const own = {
      cpuAlone: figure(63.4, 0.3),
      cpuTogether: figure(7.25, 0.2),
      rateAlone: figure(1, 1),
      rate: figure(14_274, 3.5),
      allocated: figure(17_400, 0.18),
    };
    const report = reportOf({ ...figures, calls: { ...figures.calls, track: { "authsignal-ts": own } } });
    expect(report).toContain("\n| `authsignal-ts` | 63 µs (0.30) | 7.3 µs (0.20) | 14,274 (3.50) | 17 kB (0.18) |\n");
    expect(report).toContain("| 63 µs (0.30; 0.29 to 0.32) | 7.3 µs (0.20; 0.19 to 0.22) |");
  });

  it("are rejected when a part is missing", () => {
    expect(() => reportOf({ ...figures, install: {} })).toThrow("no figures of authsignal-ts");
  });
});

it("a table has as many columns in each line", () => {
  expect(tableOf(["", "a", "b"], [["c", "1", "2"]])).toBe("|  | a | b |\n|---|---:|---:|\n| c | 1 | 2 |");
});
