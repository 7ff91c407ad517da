import { parseJson } from "../../../files/parse-json.ts";
import { type ColumnName, columnFor, type Row } from "./columns.ts";
import { splitLines } from "./read-text.ts";

/** Parses the rows of a text with one JSON object a line. */
export async function* rowsOfJsonLines(pieces: AsyncIterable<string>): AsyncGenerator<Row, void, void> {
  let line = 0;
  for await (const text of splitLines(pieces)) {
    line += 1;
    if (text.trim() !== "") yield rowOf(text, line);
  }
}

function rowOf(text: string, line: number): Row {
  const cells = new Map<ColumnName, string>();
  const unreadable = (explanation: string): Row => ({
    line,
    cells,
    problem: { reason: "unreadable_row", explanation },
  });
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return unreadable("the line is no JSON object");
  }
  const entries: [name: string, cell: unknown][] = Object.entries(value);
  for (const [name, cell] of entries) {
    const field = columnFor(name);
    if (!field || cell === null) continue;
    if (cells.has(field)) return unreadable(`${name} has two values`);
    if (typeof cell === "object") return unreadable(`${name} is neither text nor number`);
    if (typeof cell === "number" && !Number.isSafeInteger(cell)) {
      return unreadable(`${name} is a number that JSON cannot hold exactly: write it as text`);
    }
    cells.set(field, String(cell));
  }
  return { line, cells };
}
