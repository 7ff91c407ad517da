import { once } from "node:events";

/** Runs a function for the numbers from `from` to `to`, some at the same time. */
export async function inParallel(
  width: number,
  [from, to]: readonly [from: number, to: number],
  work: (number: number) => Promise<void>,
): Promise<void> {
  let next = from;
  async function lane(): Promise<void> {
    while (next < to) await work(next++);
  }
  await Promise.all(Array.from({ length: width }, lane));
}

/** Returns the size of the live heap in MB. */
export function heapInUse(): number {
  if (!globalThis.gc) throw new Error("Start this with --expose-gc");
  globalThis.gc();
  return process.memoryUsage().heapUsed / 1024 ** 2;
}

/** Sends a message to the parent process. */
export function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Resolves when the parent process does not need this program any more. */
export async function dismissal(): Promise<void> {
  await once(process.stdin.resume(), "end");
}
