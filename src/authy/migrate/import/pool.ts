import type { Clock } from "./clock.ts";

/** When to come back to a job, in ms since 1970. */
export type RetryTime = number;

/** How jobs are done. */
export interface PoolOptions<Job> {
  readonly concurrency: number;
  readonly clock: Clock;
  /** No job is begun any more when this fires. */
  readonly signal: AbortSignal;
  /** Does a job, or tells when to come back to it. */
  readonly work: (job: Job) => Promise<RetryTime | undefined>;
  /** Called when a job rejects: no other one can be done. Those under way are waited for. */
  readonly fail: (error: unknown) => void;
}

/** Does jobs, several at once. Those to come back to come first when it is time. */
export async function runPool<Job>(jobs: Iterable<Job>, options: PoolOptions<Job>): Promise<void> {
  const { concurrency, clock, signal, work, fail } = options;
  const iterator = jobs[Symbol.iterator]();
  const postponed: { job: Job; until: RetryTime }[] = [];

  function due(): Job | undefined {
    const at = postponed.findIndex(({ until }) => until <= clock.now());
    return at < 0 ? undefined : postponed.splice(at, 1)[0]?.job;
  }

  /** The next job; undefined when there is none now. */
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
