import type { SkipReason } from "./types.ts";

/** The columns that the import reads. */
export type ColumnName =
  | "userId"
  | "authyId"
  | "email"
  | "countryCode"
  | "cellphone"
  | "e164"
  | "confirmed"
  | "registered"
  | "accountDisabled"
  | "hasHardToken"
  | "locale";

/** A row of the file: its cells as text, or the problem if it cannot be read. */
export interface Row {
  readonly line: number;
  readonly cells: ReadonlyMap<ColumnName, string>;
  readonly problem?: { readonly reason: SkipReason; readonly explanation: string } | undefined;
}

/** The columns by their names in lower case, letters and digits only. */
const COLUMNS = new Map<string, ColumnName>([
  ["userid", "userId"],
  ["authyid", "authyId"],
  ["email", "email"],
  ["emailaddress", "email"],
  ["countrycode", "countryCode"],
  ["cellphone", "cellphone"],
  ["phone", "cellphone"],
  ["phonenumber", "cellphone"],
  ["e164", "e164"],
  ["confirmed", "confirmed"],
  ["registered", "registered"],
  ["accountdisabled", "accountDisabled"],
  ["hashardtoken", "hasHardToken"],
  ["locale", "locale"],
]);

/** Returns the column with a name; undefined for a column that the import does not read. */
export function columnFor(name: string): ColumnName | undefined {
  return COLUMNS.get(name.toLowerCase().replace(/[^a-z0-9]/g, ""));
}

/** Returns the columns of a header, in their order. Returns a text with the problem when the import cannot use them. */
export function columnsFor(names: readonly string[], assumeConfirmed: boolean): (ColumnName | undefined)[] | string {
  const columns = names.map(columnFor);
  const given = new Set(columns);
  const twice = names.find((_, at) => columns[at] !== undefined && columns.indexOf(columns[at]) !== at);
  if (twice !== undefined) {
    const first = names[columns.indexOf(columnFor(twice))];
    return `the columns ${first} and ${twice} mean the same. Remove one`;
  }
  const missing = [
    !given.has("userId") && "user_id (your own id of the user)",
    !given.has("cellphone") && !given.has("e164") && "phone number (cellphone with country_code, or e164)",
    !given.has("confirmed") && !assumeConfirmed && "confirmed (true or false)",
  ].filter((name) => name !== false);
  if (missing.length === 0) return columns;
  return `its first line must name the columns, and has no ${missing.join(" and no ")}`;
}
