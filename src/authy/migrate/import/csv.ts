import { parse } from "csv-parse/sync";
import { type ColumnName, columnsFor, type Row } from "./columns.ts";
import { MigrationError, messageOf } from "./error.ts";

/** The possible delimiters of cells. The first delimiter is used for a header of one column. */
const DELIMITERS = [",", ";", "\t"];

/** A first line, such as `sep=;`, that names the delimiter for spreadsheets. */
const NAMED_DELIMITER = /^sep=([,;\t])[\r\n]/i;

const LOOKS_LIKE_JSON =
  "The file looks like JSON. Write it with one object a line, and pass --format jsonl, or the option format";

/** The limit of a row, in characters. */
const LARGEST_ROW = 100_000;

/** The limit of a file, in characters: far more than a million users need, and less than the longest string of a runtime. */
const LARGEST_TEXT = 400_000_000;

const TOO_LARGE = `The file has more than ${LARGEST_TEXT} characters. Split it, or write it as JSON with one object a line`;

/** Parses the rows of a CSV text. @throws MigrationError when the text is not CSV, or lacks a column. */
export async function* rowsOfCsv(
  pieces: AsyncIterable<string>,
  assumeConfirmed: boolean,
): AsyncGenerator<Row, void, void> {
  let fields: (ColumnName | undefined)[] | undefined;
  for await (const { cells, line, delimiter } of recordsOf(pieces)) {
    if (cells.every((cell) => cell.trim() === "")) continue;
    checkLines(cells, fields ?? cells.map(() => undefined), delimiter, line);
    if (fields) {
      yield rowOf(cells, fields, line);
      continue;
    }
    const columns = columnsFor(cells, assumeConfirmed);
    if (typeof columns === "string") throw new MigrationError(`The file cannot be used: ${columns}`);
    fields = columns;
  }
  if (!fields) throw new MigrationError("The file is empty: its first line must name the columns");
}

/** A record of the CSV parser. */
interface CsvRecord {
  readonly cells: string[];
  /** The line on which the row ends. */
  readonly line: number;
  readonly delimiter: string;
}

async function* recordsOf(pieces: AsyncIterable<string>): AsyncGenerator<CsvRecord, void, void> {
  // The parser without streams: a stream would import `node:stream`, and bundlers for the web would refuse the bridge beside it.
  let whole = "";
  for await (const piece of pieces) {
    if (whole.length + piece.length > LARGEST_TEXT) throw new MigrationError(TOO_LARGE);
    whole += piece;
  }
  if (/^\s*[[{]/.test(whole)) throw new MigrationError(LOOKS_LIKE_JSON);
  // The parser counts CRLF within quotes as two lines.
  const text = whole.replaceAll("\r\n", "\n");
  const named = NAMED_DELIMITER.exec(text);
  const start = text.slice(named?.[0].length ?? 0);
  const delimiter = named?.[1] ?? delimiterOf(start);

  const records: CsvRecord[] = [];
  let problem: MigrationError | undefined;
  try {
    parse(start, {
      delimiter,
      max_record_size: LARGEST_ROW,
      relax_column_count: true,
      on_record(cells: string[], { lines }) {
        records.push({ cells, line: lines + (named ? 1 : 0), delimiter });
        return null; // The parser does not keep the record.
      },
    });
  } catch (error) {
    // The message of the parser quotes the cell, which can be a phone number or an address.
    problem = new MigrationError(`The file is no CSV: ${messageOf(error).replace(/, value is .*/s, "")}`);
  }
  yield* records;
  if (problem) throw problem;
}

/** Returns the most frequent delimiter of the header. */
function delimiterOf(start: string): string {
  const [header = ""] = start.split(/[\r\n]/, 1);
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

/**
 * Checks for rows that a stray quote has made part of a cell: the user would get the phone number of another row.
 * @throws MigrationError when there is one. How many rows the cell holds is unknown.
 */
function checkLines(
  cells: string[],
  fields: readonly (ColumnName | undefined)[],
  delimiter: string,
  line: number,
): void {
  const most = fields.length - 1;
  const isBroken = (cell: string, at: number) => {
    const lines = cell.split(/[\r\n]/);
    if (lines.length === 1) return false;
    if (fields[at] !== undefined) return /[\r\n]/.test(cell.trim());
    const counts = lines.map((text) => text.split(delimiter).length - 1);
    const [first = 0, last = 0] = [counts[0], counts.at(-1)];
    // The first line may be the end of one row, and the last line the start of another.
    return at > most || counts.slice(1, -1).some((count) => count >= most) || (first >= most - at && last >= at);
  };
  const at = cells.findIndex(isBroken);
  if (at < 0) return;
  const where = `cell ${at + 1} of the row that ends on line ${line} goes over several lines`;
  const words = fields[at]
    ? ": is a quote missing?"
    : " that look like rows: is a quote missing? If not, remove the column";
  throw new MigrationError(`The file cannot be used: ${where}${words}`);
}

function rowOf(cells: string[], fields: readonly (ColumnName | undefined)[], line: number): Row {
  const known = new Map<ColumnName, string>();
  for (const [at, field] of fields.entries()) if (field) known.set(field, cells[at] ?? "");
  const hasMore = cells.slice(fields.length).some((cell) => cell.trim() !== "");
  if (cells.length >= fields.length && !hasMore) return { line, cells: known };
  const explanation = `the row has ${cells.length} cells, and the header ${fields.length}`;
  return { line, cells: known, problem: { reason: "unreadable_row", explanation } };
}
