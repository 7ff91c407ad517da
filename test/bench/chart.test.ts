import { describe, expect, it } from "vitest";
import { type Bar, chartOf, LOOKS, type Panel } from "../../scripts/bench/chart.ts";

const bar = (name: string, value: number, tone: Bar["tone"] = "other"): Bar => ({
  name,
  value,
  label: `${value} µs`,
  tone,
});
const panel = (title: string, ...bars: Bar[]): Panel => ({ title, bars });

function draw(...panels: Panel[]): string {
  return chartOf("Costs", "What it costs", panels, LOOKS.light);
}

function barsIn(svg: string): { x: number; width: number; fill: string | undefined }[] {
  return [...svg.matchAll(/<rect x="(.+?)" .*?width="(.+?)" .*?fill="(.+?)"/g)].map(([, x, width, fill]) => ({
    x: Number(x),
    width: Number(width),
    fill,
  }));
}

describe("the chart", () => {
  it("draws bars in proportion to their values, from zero, with a scale for each panel", () => {
    const svg = draw(panel("one", bar("a", 100), bar("b", 25)), panel("two", bar("a", 1), bar("b", 4)));
    const [a1, b1, a2, b2] = barsIn(svg).map(({ width }) => width);
    expect((b1 ?? 0) / (a1 ?? 1)).toBeCloseTo(0.25, 2);
    expect((a2 ?? 0) / (b2 ?? 1)).toBeCloseTo(0.25, 2);
    expect(a1).toBe(b2);
  });

  it("keeps every bar and its label inside the picture and its panel", () => {
    const [left, right] = barsIn(draw(panel("one", bar("a", 1e6)), panel("two", bar("a", 1e6))));
    expect((left?.x ?? 0) + (left?.width ?? 0) + 50).toBeLessThanOrEqual(right?.x ?? 0);
    expect((right?.x ?? 0) + (right?.width ?? 0) + 50).toBeLessThanOrEqual(840);
  });

  it("shows a bar for the smallest value", () => {
    expect(barsIn(draw(panel("one", bar("a", 1e6), bar("b", 0)))).at(1)?.width).toBe(1);
  });

  it("has the colors of its theme", () => {
    const panels = [panel("one", bar("a", 1, "own"), bar("b", 1, "base"), bar("c", 1))];
    for (const look of [LOOKS.light, LOOKS.dark]) {
      const { own, base, other } = look.tones;
      expect(barsIn(chartOf("", "", panels, look)).map(({ fill }) => fill)).toEqual([own, base, other]);
    }
  });

  it("escapes every text", () => {
    const svg = chartOf('<"&', "</desc>", [panel("1 < 2", bar("a&b", 1))], LOOKS.light);
    expect(svg).toContain('<title id="title">&lt;&quot;&amp;</title>');
    expect(svg).toContain(">&lt;/desc&gt;</desc>");
    expect(svg).toContain(">1 &lt; 2</text>");
    expect(svg).toContain(">a&amp;b</text>");
  });

  it("has a title and a description for screen readers", () => {
    expect(draw(panel("one", bar("a", 1)))).toMatch(/role="img" aria-labelledby="title description"/);
  });

  it("rejects panels with different names", () => {
    expect(() => draw(panel("one", bar("a", 1)), panel("two", bar("b", 1)))).toThrow("the same bars");
  });
});
