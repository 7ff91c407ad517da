/** One change: the name of the table, the key of the row, and what is there now; undefined when it is gone. */
export type Change = readonly [table: string, key: string, row: unknown];

/** Notes a change, and how to take it back. */
export type Note = (change: Change, undo: () => void) => void;

/** Rows by key. A row is never changed in place: a change puts another one there. */
export class Table<Row extends object> implements Iterable<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #byUser = new Map<string, Map<string, Row>>();
  readonly #name: string;
  readonly #keyOf: (row: Row) => string;
  readonly #note: Note;

  constructor(name: string, note: Note, keyOf: (row: Row) => string) {
    this.#name = name;
    this.#note = note;
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** The row with this key, which may have several parts. */
  get(...key: readonly string[]): Row | undefined {
    return this.#rows.get(keyOf(...key));
  }

  /** Adds a row, or puts it in the place of the one with its key. */
  put(row: Row): Row {
    const key = this.#keyOf(row);
    const before = this.#rows.get(key);
    this.#set(key, row);
    this.#note([this.#name, key, row], () => this.#set(key, before));
    return row;
  }

  delete(row: Row): void {
    const key = this.#keyOf(row);
    const before = this.#rows.get(key);
    if (!before) return;
    this.#set(key, undefined);
    this.#note([this.#name, key, undefined], () => this.#set(key, before));
  }

  /** Takes all rows away. */
  clear(): void {
    for (const row of [...this.#rows.values()]) this.delete(row);
  }

  /** The rows of a user. */
  of(userId: string): Row[] {
    return [...(this.#byUser.get(userId)?.values() ?? [])];
  }

  find(fits: (row: Row) => boolean): Row | undefined {
    for (const row of this.#rows.values()) if (fits(row)) return row;
    return undefined;
  }

  filter(fits: (row: Row) => boolean): Row[] {
    return [...this].filter(fits);
  }

  [Symbol.iterator](): Iterator<Row> {
    return this.#rows.values();
  }

  #set(key: string, row: Row | undefined): void {
    const before = this.#rows.get(key);
    if (before) this.#byUser.get(userOf(before) ?? "")?.delete(key);
    if (!row) {
      this.#rows.delete(key);
      return;
    }
    this.#rows.set(key, row);
    const user = userOf(row);
    if (user === undefined) return;
    const rows = this.#byUser.get(user) ?? new Map<string, Row>();
    this.#byUser.set(user, rows.set(key, row));
  }
}

/** Makes one key of the parts of a key. */
export function keyOf(...parts: readonly string[]): string {
  return parts.length === 1 ? `${parts[0]}` : JSON.stringify(parts);
}

function userOf(row: object): string | undefined {
  return "userId" in row && typeof row.userId === "string" ? row.userId : undefined;
}
