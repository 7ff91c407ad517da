/**
 * Locks the file named by the first argument. What it does, by the second one:
 * - `hold`: prints "locked" and waits until it is killed
 * - `once`: prints "locked" or "refused" when its standard input ends, and exits as soon as the line "exit" follows
 * - `count`: locks the file as often as the third argument says, and increments the number in it each time
 */
import { readFileSync, writeFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { acquireLock, LockedError } from "../../../src/files/lock.ts";

const [file = "", mode = "", times = "0"] = process.argv.slice(2);

/** Locks the file as soon as no other process holds it. */
async function acquireAtLast(): Promise<() => void> {
  for (;;) {
    try {
      return acquireLock(file);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

if (mode === "hold") {
  acquireLock(file);
  writeSync(1, "locked\n");
  setInterval(() => {}, 1_000);
} else if (mode === "once") {
  writeSync(1, "ready\n");
  const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
  await lines.next();
  try {
    acquireLock(file);
    writeSync(1, "locked\n");
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    writeSync(1, "refused\n");
  }
  await lines.next();
  process.exit();
} else {
  for (let count = 0; count < Number(times); count += 1) {
    const release = await acquireAtLast();
    writeFileSync(file, `${Number(readFileSync(file, "utf8")) + 1}`);
    release();
  }
}
