import { nodeModule } from "./node.ts";

const { setTimeout: sleep } = nodeModule("node:timers/promises");

/** Time and chance, so that a test can rule both. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits, but no longer than until the signal fires. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** A number from 0 up to 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  async wait(ms, signal) {
    await sleep(ms, undefined, { signal }).catch(() => {});
  },
};
