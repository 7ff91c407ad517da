import { nodeModule } from "./node.ts";

const { setTimeout: sleep } = nodeModule("node:timers/promises");

/** Time and randomness, which tests replace. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits for a time, or until the signal fires. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Returns a random number from 0 up to 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  async wait(ms, signal) {
    await sleep(ms, undefined, { signal }).catch(() => {});
  },
};
