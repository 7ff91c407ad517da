import { nodeModule } from "./node.ts";

const { closeSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, statSync, writeSync } =
  nodeModule("node:fs");

/** A line of a file, and where the next one begins, in bytes. */
export interface Line {
  readonly text: string;
  readonly end: number;
}

const CHUNK = 256 * 1024;
const NEWLINE = 10;

/** The lines of an open file, but for what stands behind the last newline. */
export function* linesIn(descriptor: number): Generator<Line, void, void> {
  const chunk = Buffer.alloc(CHUNK);
  let rest: Buffer = Buffer.alloc(0);
  let start = 0;
  for (let at = 0; ; ) {
    const count = readSync(descriptor, chunk, 0, CHUNK, at);
    if (count === 0) return;
    at += count;
    const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      yield { text: bytes.toString("utf8", from, to), end: start + to + 1 };
      from = to + 1;
    }
    start += from;
    rest = bytes.subarray(from);
  }
}

/** Opens a file that only its owner may read, and makes it with a first line when there is none or nothing in it. */
export function openWith(file: string, firstLine: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) makeWith(file, firstLine);
  return openSync(file, "r+");
}

/** Makes a file with a first line in the place of what there is, at once. */
export function makeWith(file: string, firstLine: string): void {
  const draft = `${file}.new`;
  const descriptor = openSync(draft, "w", 0o600);
  try {
    writeSync(descriptor, firstLine);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, file);
}

/** Appends to an open file; whoever makes the lines keeps count of where it ends. */
export class Appender {
  readonly #descriptor: number;
  #end: number;

  /** @param end Where to go on; what stands behind it is cut off. */
  constructor(descriptor: number, end: number) {
    this.#descriptor = descriptor;
    this.#end = end;
    ftruncateSync(descriptor, end);
  }

  /** When it returns, the text outlives the process. @throws when it does not; what was written of it counts for nothing. */
  append(text: string): void {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#end + done);
    }
    this.#end += bytes.length;
  }

  close(): void {
    try {
      fsyncSync(this.#descriptor);
    } finally {
      closeSync(this.#descriptor);
    }
  }
}
