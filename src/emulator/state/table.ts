/** One change: the name of the table, the key of the row, and what is there now; undefined when it is gone. */
export type Change = readonly [table: string, key: string, row: unknown];

/** Notes a change, and how to take it back. */
export type Note = (change: Change, undo: () => void) => void;

/** A row, and which one it was to come. */
interface Entry<Row> {
  readonly row: Row;
  readonly number: number;
}

/** Rows by key, in the order in which they came. A row is never changed in place: a change puts another one there. */
export class Table<Row extends object> implements Iterable<Row> {
  #entries = new Map<string, Entry<Row>>();
  readonly #byUser = new Map<string, Map<string, Entry<Row>>>();
  #count = 0;
  /** Whether a deleted row has come back behind rows that came after it. */
  #isMixedUp = false;
  readonly #name: string;
  readonly #keyOf: (row: Row) => string;
  readonly #note: Note;

  constructor(name: string, note: Note, keyOf: (row: Row) => string) {
    this.#name = name;
    this.#note = note;
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The row with this key, which may have several parts. */
  get(...key: readonly string[]): Row | undefined {
    return this.#entries.get(keyOf(...key))?.row;
  }

  /** Adds a row, or puts it in the place of the one with its key. */
  put(row: Row): Row {
    const key = this.#keyOf(row);
    const before = this.#entries.get(key);
    this.#set(key, { row, number: before?.number ?? this.#count++ });
    this.#note([this.#name, key, row], () => this.#set(key, before));
    return row;
  }

  delete(row: Row): void {
    const key = this.#keyOf(row);
    const before = this.#entries.get(key);
    if (!before) return;
    this.#set(key, undefined);
    this.#note([this.#name, key, undefined], () => {
      this.#set(key, before);
      this.#isMixedUp = true;
    });
  }

  /** Takes all rows away. */
  clear(): void {
    for (const row of [...this]) this.delete(row);
  }

  /** The rows of a user. */
  of(userId: string): Row[] {
    const entries = [...(this.#byUser.get(userId)?.values() ?? [])];
    return entries.sort((one, other) => one.number - other.number).map(({ row }) => row);
  }

  find(fits: (row: Row) => boolean): Row | undefined {
    for (const row of this) if (fits(row)) return row;
    return undefined;
  }

  filter(fits: (row: Row) => boolean): Row[] {
    return [...this].filter(fits);
  }

  *[Symbol.iterator](): Iterator<Row> {
    if (this.#isMixedUp) {
      this.#entries = new Map([...this.#entries].sort(([, one], [, other]) => one.number - other.number));
      this.#isMixedUp = false;
    }
    for (const { row } of this.#entries.values()) yield row;
  }

  #set(key: string, entry: Entry<Row> | undefined): void {
    const before = this.#entries.get(key);
    if (before) this.#rowsOf(before.row)?.delete(key);
    if (entry) {
      this.#entries.set(key, entry);
      this.#rowsOf(entry.row)?.set(key, entry);
    } else {
      this.#entries.delete(key);
    }
  }

  /** The rows of the user to whom a row belongs, if it belongs to one. */
  #rowsOf(row: Row): Map<string, Entry<Row>> | undefined {
    const userId = userOf(row);
    if (userId === undefined) return undefined;
    const known = this.#byUser.get(userId);
    if (known) return known;
    const rows = new Map<string, Entry<Row>>();
    this.#byUser.set(userId, rows);
    return rows;
  }
}

/** Makes one key of the parts of a key. */
export function keyOf(...parts: readonly string[]): string {
  return parts.length === 1 ? `${parts[0]}` : JSON.stringify(parts);
}

function userOf(row: object): string | undefined {
  return "userId" in row && typeof row.userId === "string" ? row.userId : undefined;
}
