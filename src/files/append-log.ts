import { nodeModule, openRegularFile, writeFully } from "./file-system.ts";

/**
 * An append-only file of lines. A line is there wholly or not at all: what a failed write has left is cut off before the
 * next line, and readers leave out a last line without an end. The caller holds the lock of the file.
 */
export class AppendLog {
  #descriptor: number | undefined;
  /** Where the next line begins, in bytes. */
  #size: number;
  /** Whether the file may hold a part of a line behind `#size`. */
  #isTorn: boolean;

  private constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor;
    this.#size = size;
    this.#isTorn = true;
  }

  /**
   * Opens an existing log.
   * @param size How many bytes of it are whole lines. The rest is cut off.
   * @throws NotRegularFileError for a link, a folder or a device.
   */
  static open(file: string, size: number): AppendLog {
    const descriptor = openRegularFile(file, "write");
    if (descriptor === undefined) throw new Error("it does not exist any more");
    const log = new AppendLog(descriptor, size);
    try {
      log.#cut();
      return log;
    } catch (error) {
      log.close();
      throw error;
    }
  }

  /**
   * Writes a new log that only its owner may read, and puts it in the place of the file, if there is one. Whenever the
   * process is interrupted, one of the two is there and whole.
   */
  static replace(file: string, lines: Iterable<string>): AppendLog {
    const { openSync, renameSync, rmSync } = nodeModule("node:fs");
    const { dirname } = nodeModule("node:path");
    const draft = `${file}.new`;
    let log: AppendLog | undefined;
    try {
      rmSync(draft, { force: true });
      log = new AppendLog(openSync(draft, "wx", 0o600), 0);
      for (const line of lines) log.append(line);
      log.sync();
      renameSync(draft, file);
      syncFolder(dirname(file));
      return log;
    } catch (error) {
      log?.close();
      rmSync(draft, { force: true });
      throw error;
    }
  }

  /**
   * Appends a line. When it returns, the line outlives the process; only after `sync` does it outlive the machine.
   * @throws Error when the line could not be written. The log is as before then.
   */
  append(line: string): void {
    const descriptor = this.#open();
    if (this.#isTorn) this.#cut();
    const bytes = Buffer.from(`${line}\n`);
    this.#isTorn = true;
    writeFully(descriptor, bytes, this.#size);
    this.#size += bytes.length;
    this.#isTorn = false;
  }

  /** Waits until all lines are on the disk. */
  sync(): void {
    nodeModule("node:fs").fsyncSync(this.#open());
  }

  /** Calls after the first one do nothing. */
  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) nodeModule("node:fs").closeSync(descriptor);
  }

  #open(): number {
    if (this.#descriptor === undefined) throw new Error("it is not open");
    return this.#descriptor;
  }

  #cut(): void {
    nodeModule("node:fs").ftruncateSync(this.#open(), this.#size);
    this.#isTorn = false;
  }
}

/** Waits until the new name of a file is on the disk. Windows cannot open folders. */
function syncFolder(folder: string): void {
  const { closeSync, fsyncSync, openSync } = nodeModule("node:fs");
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
