import { type Phone, parsePhone } from "../../phone.ts";
import { booleanOf, cellOf, isNumberMadeOfId, isScientific, numberOf } from "./cells.ts";
import type { ColumnName, Row } from "./columns.ts";
import type { MigrationNote, SkipReason } from "./types.ts";

/** A valid row. The plan may replace it by another row of the same user. */
export interface ParsedRow {
  readonly line: number;
  readonly userId: string;
  /** In E.164 form. */
  readonly phoneNumber: string;
  /** Whether the user has entered a code that was sent to the number. */
  readonly isConfirmed: boolean;
  readonly email: string | undefined;
  readonly authyId: string | undefined;
  readonly locale: string | undefined;
  readonly notes: readonly MigrationNote[];
}

/** A row that cannot be migrated, with the reason. */
export interface SkippedRow {
  readonly line: number;
  readonly userId: string | undefined;
  readonly reason: SkipReason;
  readonly explanation: string;
}

/** A list that all rows without notes share, because a file may have a million rows. */
const NONE: readonly MigrationNote[] = [];

/** Ends the parsing of a row that must be skipped. */
class SkipError extends Error {
  constructor(
    readonly reason: SkipReason,
    explanation: string,
  ) {
    super(explanation);
  }
}

/**
 * Parses a row, and undoes what spreadsheets do to numbers where that is safe.
 * @param assumeConfirmed Whether the row may lack `confirmed`.
 */
export function parseRow({ line, cells, problem }: Row, assumeConfirmed: boolean): ParsedRow | SkippedRow {
  const userId = cellOf(cells.get("userId"));
  try {
    if (problem) throw new SkipError(problem.reason, problem.explanation);
    checkUserId(userId);
    if (isYes(cells, "accountDisabled", "account_disabled")) {
      throw new SkipError("account_disabled", "Authy has marked the account for deletion");
    }
    if (!cells.has("confirmed") && !assumeConfirmed) throw new SkipError("unclear_value", "confirmed is missing");
    const isConfirmed = isYes(cells, "confirmed", "confirmed");
    const notes = new Set<MigrationNote>();
    if (isYes(cells, "hasHardToken", "has_hard_token")) notes.add("hard_token");
    if (isYes(cells, "registered", "registered")) notes.add("authy_app");
    const { phone, doubt } = phoneOf(cells);
    if (doubt) notes.add(doubt);
    /** Returns a cell; undefined when it is empty or invalid. An invalid cell adds a note. */
    const optional = (field: ColumnName, note: MigrationNote, isValid: (text: string) => boolean) => {
      const cell = field === "authyId" ? numberOf(cells.get(field)) : cellOf(cells.get(field));
      if (cell === "" || isValid(cell)) return cell || undefined;
      notes.add(note);
      return undefined;
    };
    return {
      line,
      userId,
      phoneNumber: phone.e164,
      isConfirmed,
      email: optional("email", "email_ignored", (text) => /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,255}$/u.test(text)),
      authyId: optional("authyId", "authy_id_ignored", (text) => /^(?!0+$)\d{1,20}$/.test(text)),
      locale: optional("locale", "locale_ignored", isLocale)?.replaceAll("_", "-"),
      notes: notes.size > 0 ? [...notes] : NONE,
    };
  } catch (error) {
    if (!(error instanceof SkipError)) throw error;
    // In a row that cannot be read, an address or a number may stand where the id belongs.
    const knownId = error.reason === "unreadable_row" ? undefined : userId || undefined;
    return { line, userId: knownId, reason: error.reason, explanation: error.message };
  }
}

function checkUserId(userId: string): void {
  if (userId === "") throw new SkipError("user_id_missing", "the user id is missing");
  if (isNumberMadeOfId(userId)) {
    throw new SkipError("spreadsheet_number", "the user id was taken for a number: export the column as text");
  }
  if (userId === "." || userId === ".." || /\p{C}/u.test(userId)) {
    throw new SkipError(
      "user_id_invalid",
      "the user id holds characters that cannot be seen, or can be no part of an address",
    );
  }
}

/** Parses the phone number of a row. `doubt` is the note with which a person should check the number. */
function phoneOf(cells: Row["cells"]): { phone: Phone; doubt: MigrationNote | undefined } {
  const e164 = numberOf(cells.get("e164"));
  const cellphone = numberOf(cells.get("cellphone"));
  const countryCode = numberOf(cells.get("countryCode"));
  if (e164 === "" && cellphone === "") throw new SkipError("phone_number_missing", "the phone number is missing");
  if (isScientific(e164) || isScientific(cellphone) || isScientific(countryCode)) {
    throw new SkipError(
      "spreadsheet_number",
      "a spreadsheet has shortened the phone number: export the column as text",
    );
  }
  // A spreadsheet also takes away the plus sign.
  const hasLostPlus = /^[1-9]\d+$/.test(e164);
  const phone = parsePhone(hasLostPlus ? `+${e164}` : e164 || cellphone, countryCode);
  if (typeof phone === "string") throw new SkipError("phone_number_invalid", phone);
  if (e164 !== "" && isOther(cellphone, countryCode || phone.countryCode, phone)) {
    throw new SkipError("phone_number_invalid", "e164 and cellphone are different numbers");
  }
  if (hasLostPlus && countryCode === "") return { phone, doubt: "plus_sign_added" };
  return { phone, doubt: mayHoldCode(e164 || cellphone, phone) ? "may_hold_country_code" : undefined };
}

/** Whether a cell holds another number. A partly masked number, as in responses of Authy, cannot be compared and counts as equal. */
function isOther(cell: string, countryCode: string, phone: Phone): boolean {
  if (cell === "" || /[a-z*•]/i.test(cell)) return false;
  const other = parsePhone(cell, countryCode);
  return typeof other === "string" || other.e164 !== phone.e164;
}

/** Whether a national number begins with its calling code, and would be possible without that code, too. */
function mayHoldCode(cell: string, { countryCode, nationalNumber }: Phone): boolean {
  if (cell.replace(/\D/g, "") !== nationalNumber || !nationalNumber.startsWith(countryCode)) return false;
  return typeof parsePhone(nationalNumber.slice(countryCode.length), countryCode) !== "string";
}

function isYes(cells: Row["cells"], field: ColumnName, name: string): boolean {
  const value = booleanOf(cells.get(field));
  if (value !== undefined) return value;
  throw new SkipError("unclear_value", `${name} must be true or false`);
}

function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text.replaceAll("_", "-")).length === 1;
  } catch {
    return false;
  }
}
