/** An action of a user that is to be confirmed. */
export interface StepUpAttempt<Data> {
  /** The user who is to confirm it. */
  readonly userId: string;
  /** The code of the action, by which the rules know it. */
  readonly action: string;
  /** Names this attempt, here and at Authsignal. It suits as the unique key of what you write when you carry it out. */
  readonly idempotencyKey: string;
  /** The data that was passed to `begin`. */
  readonly data: Data;
}

/** Keeps attempts while users confirm them. */
export interface StepUpStore<Data> {
  /** Keeps an attempt. After `expiresAt` it may be deleted. */
  put(attempt: StepUpAttempt<Data>, expiresAt: Date): void | Promise<void>;
  /**
   * Returns an attempt and deletes it, in one step: of all calls for one attempt, at whatever time, one gets it. So nothing is
   * carried out twice. In SQL it is `DELETE … RETURNING`, in Redis `GETDEL`.
   */
  take(
    idempotencyKey: string,
  ): StepUpAttempt<Data> | null | undefined | Promise<StepUpAttempt<Data> | null | undefined>;
}

/** Makes a store in the memory of this process. A user who comes back to another process, or after a restart, has to begin again. */
export function memoryStore<Data>(): StepUpStore<Data> {
  const kept = new Map<string, { attempt: StepUpAttempt<Data>; expiresAt: Date }>();
  return {
    put(attempt, expiresAt) {
      // Attempts are kept in the order of `put`. With one lifetime, all that follow a good one are good as well.
      for (const [key, one] of kept) {
        if (one.expiresAt > new Date()) break;
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
