// Spreadsheets and scripts take ids and phone numbers for quantities. These functions undo that where no digit was lost.

/** A number in scientific notation: the spreadsheet has dropped digits. */
const SCIENTIFIC = /^\+?\d([.,]\d+)?E\+?\d+$/i;
/** A stricter form for ids, because `1e5` can be an id. */
const SURELY_SCIENTIFIC = /^\d[.,]\d+E\+\d+$/i;

/** Returns a cell without spaces around it, and without the marks of text in spreadsheets: an apostrophe or `="…"`. */
export function cellOf(text: string | undefined): string {
  const trimmed = text?.trim() ?? "";
  return (/^="(.*)"$/s.exec(trimmed)?.[1] ?? trimmed).replace(/^'(?=[\d+])/, "").trim();
}

/**
 * Returns a cell that holds a number, without the invisible characters of a copied one, and without the decimals that a script
 * has added, as in `40213377.0`.
 */
export function numberOf(text: string | undefined): string {
  return cellOf(text?.replace(/\p{Cf}/gu, "")).replace(/^(\+?\d+)\.0+$/, "$1");
}

/** Whether digits were lost. */
export function isScientific(cell: string): boolean {
  return SCIENTIFIC.test(cell);
}

/** Whether a spreadsheet or a script took an id for a number, which may have changed it. */
export function isNumberMadeOfId(cell: string): boolean {
  return SURELY_SCIENTIFIC.test(cell) || /^\d+\.0$/.test(cell);
}

const YES = ["true", "t", "yes", "y", "1", "1.0"];
const NO = ["false", "f", "no", "n", "0", "0.0", ""];

/** Parses a boolean; undefined for any other text. Empty means false. */
export function booleanOf(text: string | undefined): boolean | undefined {
  const cell = cellOf(text).toLowerCase();
  if (YES.includes(cell)) return true;
  return NO.includes(cell) ? false : undefined;
}
