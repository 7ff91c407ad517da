/** Time and chance, so that a test can rule both. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  now(): number;
  /** Milliseconds since 1970. */
  date(): number;
  /** Calls back once after that many milliseconds; returns the function that calls it off. */
  after(ms: number, callback: () => void): () => void;
  /** A number from 0 up to 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
