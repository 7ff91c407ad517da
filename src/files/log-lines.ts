import { nodeModule, openRegularFile } from "./file-system.ts";

/** A line of a log. */
export interface LogLine {
  /** Without its newline; undefined when the line is longer than a string can be. */
  readonly text: string | undefined;
  /** Whether a newline ends it. Only the last line can lack one: its writing was interrupted. */
  readonly isWhole: boolean;
  /** Where the next line begins, in bytes. */
  readonly end: number;
}

/** How much is read at once, in bytes. */
const CHUNK = 1024 * 1024;
const NEWLINE = 10;

/**
 * Reads the lines of a file; a missing file has none.
 * @param longest The longest line that gets a text, in bytes. Default: the longest string of the runtime.
 * @throws NotRegularFileError for a link, a folder or a device.
 */
export function* readLogLines(file: string, longest = longestString()): Generator<LogLine, void, void> {
  const { closeSync, readSync } = nodeModule("node:fs");
  const descriptor = openRegularFile(file, "read");
  if (descriptor === undefined) return;
  /** The beginning of a line that goes on in the next chunk; not kept when it is too long. */
  let parts: Uint8Array[] = [];
  let length = 0;
  let end = 0;
  const keep = (part: Uint8Array) => {
    length += part.length;
    if (length <= longest) parts.push(part);
    else parts = [];
  };
  const finish = (isWhole: boolean): LogLine => {
    end += length + (isWhole ? 1 : 0);
    const text = length <= longest ? Buffer.concat(parts).toString() : undefined;
    parts = [];
    length = 0;
    return { text, isWhole, end };
  };
  try {
    for (;;) {
      const buffer = Buffer.alloc(CHUNK);
      let chunk = buffer.subarray(0, readSync(descriptor, buffer));
      if (chunk.length === 0) break;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE)) {
        keep(chunk.subarray(0, at));
        yield finish(true);
        chunk = chunk.subarray(at + 1);
      }
      keep(chunk);
    }
    if (length > 0) yield finish(false);
  } finally {
    closeSync(descriptor);
  }
}

/** A text in UTF-8 has at least as many bytes as the string has units. */
function longestString(): number {
  return nodeModule("node:buffer").constants.MAX_STRING_LENGTH;
}
