/** The time and the random numbers of a call. Tests pass a clock that they control. */
export interface Clock {
  /** Milliseconds since an arbitrary moment, for durations. Never decreases, even if the system's clock is set back. */
  monotonicNow(): number;
  /** Milliseconds since 1970, to compare with dates of the service. */
  unixNow(): number;
  /** Calls `callback` once, after `ms` milliseconds. Returns a function that cancels the timer. */
  after(ms: number, callback: () => void): () => void;
  /** A random number from 0 up to, but not including, 1. */
  random(): number;
}

/** The clock of every call outside of tests. */
export const systemClock: Clock = {
  monotonicNow: () => performance.now(),
  unixNow: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
