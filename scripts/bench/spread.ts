/** The median and the range of some numbers. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** The median and the range, with the ratio to another quantity. */
export interface Compared extends Spread {
  /** The ratio to the other quantity, computed by round, so that a slow round does not matter. */
  readonly ratio: Spread;
}

export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  const [lowest, highest] = [sorted.at(0), sorted.at(-1)];
  if (low === undefined || high === undefined || lowest === undefined || highest === undefined) {
    throw new Error("Nothing was measured");
  }
  return { median: (low + high) / 2, lowest, highest };
}

/** Compares the numbers of some rounds with other numbers of the same rounds. */
export function compare(numbers: readonly number[], others: readonly number[]): Compared {
  const ratios = numbers.map((number, round) => {
    const other = others[round];
    if (other === undefined || numbers.length !== others.length)
      throw new Error("There are not as many rounds of both");
    return number / other;
  });
  return { ...spreadOf(numbers), ratio: spreadOf(ratios) };
}

/** Compares one quantity of all measured programs with that of one of them. */
export function compareAll<Name extends string, Cost>(
  rounds: ReadonlyMap<Name, readonly Cost[]>,
  base: Name,
  quantity: (cost: Cost) => number,
): Map<Name, Compared> {
  const others = rounds.get(base)?.map(quantity) ?? [];
  return new Map([...rounds].map(([name, costs]) => [name, compare(costs.map(quantity), others)]));
}

/**
 * Runs each measurement once per round, so that a disturbance of the machine affects all of them. Every other round runs in
 * reverse, so that no measurement always follows the same one.
 */
export async function inTurns<Name extends string, Cost>(
  title: string,
  rounds: number,
  measurements: ReadonlyMap<Name, () => Promise<Cost>>,
): Promise<Map<Name, Cost[]>> {
  const costs = new Map<Name, Cost[]>([...measurements.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const turns = [...measurements];
    for (const [name, measure] of round % 2 === 0 ? turns : turns.reverse()) costs.get(name)?.push(await measure());
    console.error(`${title}: round ${round + 1} of ${rounds}`);
  }
  return costs;
}

/** Returns the value of a key that must exist. */
export function entryOf<Value>(map: ReadonlyMap<string, Value>, name: string): Value {
  const value = map.get(name);
  if (value === undefined) throw new Error(`There are no figures of ${name}`);
  return value;
}
