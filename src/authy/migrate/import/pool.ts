import type { Clock } from "./clock.ts";

/** When to retry a job, in ms since 1970. */
export type RetryTime = number;

/** Options of a pool. */
export interface PoolOptions<Job> {
  /** How many jobs run at once. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** After this fires, no job is started. */
  readonly signal: AbortSignal;
  /** Runs a job. Returns when to retry it, if it is not finished. */
  readonly work: (job: Job) => Promise<RetryTime | undefined>;
  /** Called when a job rejects. The other running jobs are waited for. */
  readonly fail: (error: unknown) => void;
}

/** Runs jobs, several at once. A job that is due for a retry comes before new ones. */
export async function runPool<Job>(jobs: Iterable<Job>, options: PoolOptions<Job>): Promise<void> {
  const { concurrency, clock, signal, work, fail } = options;
  const iterator = jobs[Symbol.iterator]();
  const postponed: { job: Job; until: RetryTime }[] = [];

  function due(): Job | undefined {
    const at = postponed.findIndex(({ until }) => until <= clock.now());
    return at < 0 ? undefined : postponed.splice(at, 1)[0]?.job;
  }

  /** Returns the next job; undefined when there is none now. */
  function next(): Job | undefined {
    const job = due();
    if (job !== undefined) return job;
    const result = iterator.next();
    return result.done ? undefined : result.value;
  }

  async function worker(): Promise<void> {
    while (!signal.aborted) {
      const job = next();
      if (job !== undefined) {
        const until = await work(job);
        if (until !== undefined) postponed.push({ job, until });
      } else if (postponed.length > 0) {
        const earliest = Math.min(...postponed.map(({ until }) => until));
        await clock.wait(Math.max(0, earliest - clock.now()), signal);
      } else return;
    }
  }

  await Promise.all(Array.from({ length: concurrency }, () => worker().catch(fail)));
}
