/** The time and the random numbers of a call. Tests pass a clock that they control. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  now(): number;
  /** Milliseconds since 1970. */
  date(): number;
  /** Calls back once after that many milliseconds. Returns a function that cancels the timer. */
  after(ms: number, callback: () => void): () => void;
  /** A number from 0 up to, but not including, 1. */
  random(): number;
}

/** The clock of every call outside of tests. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
