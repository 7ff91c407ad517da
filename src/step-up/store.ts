/** What somebody wants to do, and whom it is about. */
export interface StepUpAttempt<Data> {
  /** Whom it is about. */
  readonly userId: string;
  /** What they want to do, as the rules know it. */
  readonly action: string;
  /** Names this attempt, here and at Authsignal. It suits as the unique key of what you write when you carry it out. */
  readonly idempotencyKey: string;
  /** What was given to `begin`. */
  readonly data: Data;
}

/** Keeps attempts while people confirm them. */
export interface StepUpStore<Data> {
  /** Keeps an attempt. After `expiresAt` it may be forgotten. */
  put(attempt: StepUpAttempt<Data>, expiresAt: Date): void | Promise<void>;
  /**
   * Gives an attempt and forgets it, in one step: of all who ask for it, at whatever time, one gets it. So nothing is carried
   * out twice. In SQL it is `DELETE … RETURNING`, in Redis `GETDEL`.
   */
  take(
    idempotencyKey: string,
  ): StepUpAttempt<Data> | null | undefined | Promise<StepUpAttempt<Data> | null | undefined>;
}

/** A store in the memory of this process. Whoever comes back to another process, or after a restart, has to begin again. */
export function memoryStore<Data>(): StepUpStore<Data> {
  const kept = new Map<string, { attempt: StepUpAttempt<Data>; expiresAt: Date }>();
  return {
    put(attempt, expiresAt) {
      for (const [key, one] of kept) {
        if (one.expiresAt > new Date()) break; // so are all that came later
        kept.delete(key);
      }
      kept.set(attempt.idempotencyKey, { attempt, expiresAt });
    },
    take(idempotencyKey) {
      const attempt = kept.get(idempotencyKey)?.attempt;
      kept.delete(idempotencyKey);
      return attempt;
    },
  };
}
