// What spreadsheets and scripts do to numbers that are names, and what can be mended.

/** Digits in scientific notation, of which a spreadsheet has kept a part only. */
const SCIENTIFIC = /^\+?\d([.,]\d+)?E\+?\d+$/i;
/** The same in an id, where `1e5` can be a name. */
const SURELY_SCIENTIFIC = /^\d[.,]\d+E\+\d+$/i;

/** A cell without what is around it: spaces, the apostrophe that says "this is text", and `="…"`, which says the same. */
export function cellOf(text: string | undefined): string {
  const trimmed = text?.trim() ?? "";
  return (/^="(.*)"$/s.exec(trimmed)?.[1] ?? trimmed).replace(/^'(?=[\d+])/, "").trim();
}

/**
 * A cell that holds a number, without the invisible marks that come with a copied one, and the decimals of one that a
 * script took for a quantity, such as `40213377.0`.
 */
export function numberOf(text: string | undefined): string {
  return cellOf(text?.replace(/\p{Cf}/gu, "")).replace(/^(\+?\d+)\.0+$/, "$1");
}

/** Whether digits were lost. */
export function isScientific(cell: string): boolean {
  return SCIENTIFIC.test(cell);
}

/** Whether a spreadsheet or a script has taken an id for a number, and the id may be another one now. */
export function isNumberMadeOfId(cell: string): boolean {
  return SURELY_SCIENTIFIC.test(cell) || /^\d+\.0$/.test(cell);
}

const YES = ["true", "t", "yes", "y", "1", "1.0"];
const NO = ["false", "f", "no", "n", "0", "0.0", ""];

/** What a cell says; undefined when that is neither yes nor no. Empty means no. */
export function booleanOf(text: string | undefined): boolean | undefined {
  const cell = cellOf(text).toLowerCase();
  if (YES.includes(cell)) return true;
  return NO.includes(cell) ? false : undefined;
}
