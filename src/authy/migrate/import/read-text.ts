import { fieldOf } from "../../../platform/fields.ts";
import { MigrationError, messageOf } from "./error.ts";
import { nodeModule } from "./node.ts";

const { createReadStream } = nodeModule("node:fs");

const REASONS = new Map<unknown, string>([
  ["ENOENT", "there is no such file"],
  ["EISDIR", "it is a folder"],
  ["EACCES", "it may not be read"],
  ["ERR_ENCODING_INVALID_ENCODED_DATA", "it is not UTF-8. Export it again as UTF-8"],
]);

/**
 * Reads the text of a file in pieces, without a byte order mark.
 * @throws MigrationError when it cannot be read or is not UTF-8: ids with replaced letters could be those of other users.
 */
export async function* readText(file: string): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const bytes of createReadStream(file)) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (error) {
    const reason = REASONS.get(fieldOf(error, "code")) ?? messageOf(error);
    throw new MigrationError(`Cannot read ${file}: ${reason}`, { cause: error });
  }
}

/** The limit of a line, in characters. */
const LONGEST_LINE = 1_000_000;

/** Splits a text in pieces into its lines. @throws MigrationError when a line is too long. */
export async function* splitLines(pieces: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (rest.length > LONGEST_LINE) throw new MigrationError(`A line has more than ${LONGEST_LINE} characters`);
  }
  if (rest !== "") yield rest;
}
