import { describe, expect, it } from "vitest";
import { compare, compareAll, inTurns, spreadOf } from "../../scripts/bench/spread.ts";

describe("the spread of some numbers", () => {
  it("has the median, the lowest and the highest, compared as numbers", () => {
    expect(spreadOf([100, 9, 20])).toEqual({ median: 20, lowest: 9, highest: 100 });
  });

  it("has the mean of the two middle numbers when their count is even", () => {
    expect(spreadOf([1, 4, 2, 100])).toEqual({ median: 3, lowest: 1, highest: 100 });
  });

  it("rejects an empty list", () => {
    expect(() => spreadOf([])).toThrow("Nothing was measured");
  });
});

describe("a comparison", () => {
  it("uses the ratio of each round, so that a slow round does not matter", () => {
    const { median, ratio } = compare([10, 500, 12], [20, 1_000, 20]);
    expect(median).toBe(12);
    expect(ratio).toEqual({ median: 0.5, lowest: 0.5, highest: 0.6 });
  });

  it("rejects lists of different lengths", () => {
    expect(() => compare([1, 2], [1])).toThrow("not as many rounds");
    expect(() => compare([1], [1, 2])).toThrow("not as many rounds");
  });

  it("compares every program with one of them", () => {
    const rounds = new Map([
      ["ours", [{ cpu: 1 }, { cpu: 3 }]],
      ["theirs", [{ cpu: 4 }, { cpu: 4 }]],
    ]);
    const figures = compareAll(rounds, "theirs", ({ cpu }) => cpu);
    expect(figures.get("ours")).toMatchObject({ median: 2, ratio: { median: 0.5, lowest: 0.25, highest: 0.75 } });
    expect(figures.get("theirs")?.ratio).toEqual({ median: 1, lowest: 1, highest: 1 });
  });
});

it("each measurement runs once per round, and every other round runs in reverse", async () => {
  const turns: string[] = [];
  const measurement = (name: string) => [name, async () => turns.push(name)] as const;
  const costs = await inTurns("a test", 3, new Map(["a", "b", "c"].map(measurement)));
  expect(turns.join("")).toBe("abccbaabc");
  expect(costs).toEqual(
    new Map([
      ["a", [1, 6, 7]],
      ["b", [2, 5, 8]],
      ["c", [3, 4, 9]],
    ]),
  );
});
