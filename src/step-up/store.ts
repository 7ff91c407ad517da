/** An action of a user that is to be confirmed. */
export interface StepUpAttempt<Data> {
  /** The user who is to confirm the action. */
  readonly userId: string;
  /** The code of the action, as in the rules. */
  readonly action: string;
  /** Identifies this attempt, here and at Authsignal. Use it as the unique key of what you write when you carry the action out. */
  readonly idempotencyKey: string;
  /** The data that was passed to `begin`. */
  readonly data: Data;
}

/** Keeps attempts while users confirm them. */
export interface StepUpStore<Data> {
  /** Keeps an attempt. After `expiresAt` it may be deleted. */
  put(attempt: StepUpAttempt<Data>, expiresAt: Date): void | Promise<void>;
  /**
   * Returns an attempt and deletes it, in one atomic step: of all calls for an attempt, also at the same time, only one gets
   * the attempt. So no action is carried out twice. In SQL that is `DELETE … RETURNING`, in Redis `GETDEL`.
   */
  take(
    idempotencyKey: string,
  ): StepUpAttempt<Data> | null | undefined | Promise<StepUpAttempt<Data> | null | undefined>;
}

/** Creates a store in the memory of this process. A user who returns to another process, or after a restart, has to begin again. */
export function memoryStore<Data>(): StepUpStore<Data> {
  const kept = new Map<string, { attempt: StepUpAttempt<Data>; expiresAt: Date }>();
  return {
    put(attempt, expiresAt) {
      // Attempts are in the order of `put`, and all have the same lifetime: after the first that has not expired, none has.
      for (const [key, entry] of kept) {
        if (entry.expiresAt > new Date()) break;
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
