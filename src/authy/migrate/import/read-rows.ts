import type { Row } from "./columns.ts";
import { rowsOfCsv } from "./csv.ts";
import { rowsOfJsonLines } from "./json-lines.ts";
import { readText } from "./read-text.ts";
import type { MigrationFormat } from "./types.ts";

/**
 * Reads the rows of an export.
 * @throws MigrationError when the file cannot be used. The problem of a single row is in the row.
 */
export function readRows(
  file: string,
  format: MigrationFormat = formatOf(file),
  assumeConfirmed = false,
): AsyncGenerator<Row, void, void> {
  return format === "csv" ? rowsOfCsv(readText(file), assumeConfirmed) : rowsOfJsonLines(readText(file));
}

function formatOf(file: string): MigrationFormat {
  return /\.(jsonl|ndjson)$/i.test(file) ? "jsonl" : "csv";
}
