/** Appends numbered lines to the log named by the first argument until it is killed, and prints each number once it is written. */
import { AppendLog } from "../../../src/files/append-log.ts";
import { readLogLines } from "../../../src/files/log-lines.ts";

const [file = ""] = process.argv.slice(2);
const lines = [...readLogLines(file)].filter(({ isWhole }) => isWhole);
const log = lines.length === 0 ? AppendLog.replace(file, ["header"]) : AppendLog.open(file, lines.at(-1)?.end ?? 0);
for (let count = Math.max(lines.length, 1); ; count += 1) {
  log.append(`${count} ${"x".repeat(count % 5_000)}`);
  await new Promise((resolve) => process.stdout.write(`${count}\n`, resolve));
}
