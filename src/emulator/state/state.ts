import type * as Rows from "./rows.ts";
import { type Change, keyOf, Table } from "./table.ts";

/** A single value of a tenant, such as the list of its rules. */
export class Value<T> {
  #value: T;
  readonly #onChange: (value: T, undo: () => void) => void;

  constructor(initial: T, onChange: (value: T, undo: () => void) => void) {
    this.#value = initial;
    this.#onChange = onChange;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    const before = this.#value;
    this.#value = value;
    this.#onChange(value, () => {
      this.#value = before;
    });
  }
}

/**
 * Everything that a tenant holds beyond a request. The fields have the names of those of a seed file. The changes of a
 * `transaction` are committed together or not at all. A change outside of any transaction is committed alone.
 */
export class State {
  readonly #commit: (changes: readonly Change[]) => void;
  /** The changes of the running transaction, if there is one. */
  #changes: Change[] | undefined;
  #undo: (() => void)[] = [];
  #afterCommit: (() => void)[] = [];

  readonly users = this.#table<Rows.User>("users", ({ userId }) => [userId]);
  readonly authenticators = this.#table<Rows.Authenticator>("authenticators", (row) => [row.userAuthenticatorId]);
  readonly recoveryCodes = this.#table<Rows.RecoveryCode>("recoveryCodes", ({ userId, code }) => [userId, code]);
  readonly actions = this.#table<Rows.Action>("actions", (row) => [row.userId, row.actionCode, row.idempotencyKey]);
  readonly challenges = this.#table<Rows.Challenge>("challenges", ({ challengeId }) => [challengeId]);
  readonly sessions = this.#table<Rows.Session>("sessions", ({ sessionId }) => [sessionId]);
  readonly devices = this.#table<Rows.Device>("devices", ({ userId, deviceId }) => [userId, deviceId]);
  readonly calls = this.#table<Rows.Call>("calls", ({ referenceId }) => [referenceId]);
  readonly messages = this.#table<Rows.Message>("messages", ({ messageId }) => [messageId]);
  readonly usedTokens = this.#table<Rows.UsedToken>("usedTokens", ({ tokenId }) => [tokenId]);
  readonly quotas = this.#table<Rows.Quota>("quotas", ({ verificationMethod, to }) => [verificationMethod, to]);
  readonly deliveries = this.#table<Rows.Delivery>("deliveries", ({ deliveryId }) => [deliveryId]);
  readonly logRecords = this.#table<Rows.LogRecord>("logRecords", ({ eventId }) => [eventId]);
  readonly timeline = this.#table<Rows.Timeline>("timeline", (row) => [row.userId, row.actionCode, row.idempotencyKey]);

  readonly clock = this.#value<Rows.ClockSetting>("clock", {});
  readonly rules = this.#value<readonly Rows.Rule[]>("rules", []);
  readonly outcomes = this.#value<readonly Rows.QueuedOutcome[]>("outcomes", []);
  readonly configurations = this.#value<readonly Rows.Configuration[] | undefined>("configurations", undefined);
  readonly webhooks = this.#value<Rows.WebhooksConfiguration | undefined>("webhooks", undefined);
  readonly signingKey = this.#value<string | undefined>("signingKey", undefined);

  /** @param commit Receives the changes of each transaction, for example to write them to a file. If it throws, the changes are undone. */
  constructor(commit: (changes: readonly Change[]) => void = () => {}) {
    this.#commit = commit;
  }

  /**
   * Runs some work whose changes are committed together or, if the work or the commit throws, undone. The work is
   * synchronous. A transaction inside of a running transaction becomes a part of it.
   */
  transaction<T>(work: () => T): T {
    if (this.#changes) return work();
    const changes: Change[] = [];
    this.#changes = changes;
    let next: (() => void)[] = [];
    try {
      const result = work();
      if (changes.length > 0) this.#commit(changes);
      next = this.#afterCommit;
      return result;
    } catch (error) {
      for (const undo of this.#undo.toReversed()) undo();
      throw error;
    } finally {
      this.#changes = undefined;
      this.#undo = [];
      this.#afterCommit = [];
      for (const start of next) start();
    }
  }

  /**
   * Starts some work after the running transaction is committed; at once when there is none. If the transaction fails, the
   * work is not started, and the promise never settles.
   */
  afterTransaction<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#changes) return work();
    return new Promise((resolve, reject) => {
      this.#afterCommit.push(() => void work().then(resolve, reject));
    });
  }

  #record(change: Change, undo: () => void): void {
    if (this.#changes) {
      this.#changes.push(change);
      this.#undo.push(undo);
      return;
    }
    try {
      this.#commit([change]);
    } catch (error) {
      undo();
      throw error;
    }
  }

  #table<Row extends object>(name: string, key: (row: Row) => string[]): Table<Row> {
    return new Table(
      name,
      (change, undo) => this.#record(change, undo),
      (row) => keyOf(...key(row)),
    );
  }

  #value<T>(name: string, initial: T): Value<T> {
    return new Value(initial, (value, undo) => this.#record([name, "", value], undo));
  }
}
