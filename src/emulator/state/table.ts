/** One change: the name of the table, the key of the row, and the new row; undefined when the row was deleted. */
export type Change = readonly [table: string, key: string, row: unknown];

/** Records a change with the function that undoes it. */
export type RecordChange = (change: Change, undo: () => void) => void;

/** A row, and its place in the order of insertion. */
interface Entry<Row> {
  readonly row: Row;
  readonly number: number;
}

/** Rows by key, in the order of insertion. A row is never changed in place: `put` replaces it. */
export class Table<Row extends object> implements Iterable<Row> {
  #entries = new Map<string, Entry<Row>>();
  readonly #byUser = new Map<string, Map<string, Entry<Row>>>();
  #count = 0;
  /** Whether the map is out of order, because an undone deletion put a row at its end. */
  #isUnordered = false;
  readonly #name: string;
  readonly #keyOf: (row: Row) => string;
  readonly #record: RecordChange;

  constructor(name: string, record: RecordChange, keyOf: (row: Row) => string) {
    this.#name = name;
    this.#record = record;
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Returns the row with a key, which may have several parts. */
  get(...key: readonly string[]): Row | undefined {
    return this.#entries.get(keyOf(...key))?.row;
  }

  /** Adds a row, or replaces the row with the same key. */
  put(row: Row): Row {
    const key = this.#keyOf(row);
    const before = this.#entries.get(key);
    this.#set(key, { row, number: before?.number ?? this.#count++ });
    this.#record([this.#name, key, row], () => this.#set(key, before));
    return row;
  }

  delete(row: Row): void {
    const key = this.#keyOf(row);
    const before = this.#entries.get(key);
    if (!before) return;
    this.#set(key, undefined);
    this.#record([this.#name, key, undefined], () => {
      this.#set(key, before);
      this.#isUnordered = true;
    });
  }

  /** Deletes all rows. */
  clear(): void {
    for (const row of [...this]) this.delete(row);
  }

  /** Returns the rows of a user, in the order of insertion. */
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
    if (this.#isUnordered) {
      this.#entries = new Map([...this.#entries].sort(([, one], [, other]) => one.number - other.number));
      this.#isUnordered = false;
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

  /** Returns the index of the user to whom a row belongs; undefined for a row without a user. */
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

/** Joins the parts of a key, so that different parts never give the same key. */
export function keyOf(...parts: readonly string[]): string {
  return parts.length === 1 ? `${parts[0]}` : JSON.stringify(parts);
}

function userOf(row: object): string | undefined {
  return "userId" in row && typeof row.userId === "string" ? row.userId : undefined;
}
