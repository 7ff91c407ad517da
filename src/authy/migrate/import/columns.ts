import type { SkipReason } from "./types.ts";

/** What a row can tell. */
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

/** A row of the file: its cells as text, or why it cannot be read. */
export interface Row {
  readonly line: number;
  readonly cells: ReadonlyMap<ColumnName, string>;
  readonly problem?: { readonly reason: SkipReason; readonly explanation: string } | undefined;
}

/** The names of the columns in lower case, without what is neither letter nor digit. */
const FIELDS = new Map<string, ColumnName>([
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

/** What a column is for; undefined when it is none of ours. */
export function columnFor(name: string): ColumnName | undefined {
  return FIELDS.get(name.toLowerCase().replace(/[^a-z0-9]/g, ""));
}

/** What the columns are for, in their order. Gives a text that says what is wrong when they cannot be used. */
export function columnsFor(names: readonly string[], assumeConfirmed: boolean): (ColumnName | undefined)[] | string {
  const fields = names.map(columnFor);
  const given = new Set(fields);
  const twice = names.find((_, at) => fields[at] !== undefined && fields.indexOf(fields[at]) !== at);
  if (twice !== undefined) {
    const first = names[fields.indexOf(columnFor(twice))];
    return `the columns ${first} and ${twice} mean the same. Remove one`;
  }
  const missing = [
    !given.has("userId") && "user_id (your own id of the user)",
    !given.has("cellphone") && !given.has("e164") && "phone number (cellphone with country_code, or e164)",
    !given.has("confirmed") && !assumeConfirmed && "confirmed (true or false)",
  ].filter((name) => name !== false);
  if (missing.length === 0) return fields;
  return `its first line must name the columns, and has no ${missing.join(" and no ")}`;
}
