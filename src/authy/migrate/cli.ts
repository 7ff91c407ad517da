#!/usr/bin/env node
import { constants } from "node:os";
import { createInterface } from "node:readline/promises";
import { run, STOPPED } from "./cli/run.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const stop = new AbortController();
let stoppedBy: (typeof SIGNALS)[number] | undefined;

for (const signal of SIGNALS) {
  process.on(signal, () => {
    const code = 128 + constants.signals[signal];
    if (stop.signal.aborted) process.exit(code);
    stoppedBy = signal;
    stop.abort();
  });
}
// A reader such as `head` may close the pipe early.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const io = {
  out: (text: string) => process.stdout.write(text),
  err: process.stderr,
  env: process.env,
  stop: stop.signal,
  /** Asks the person at the terminal; undefined without a terminal. */
  async ask(question: string): Promise<string | undefined> {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // While it reads a line, the terminal turns Ctrl+C into this event instead of a signal.
    terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
    try {
      return await terminal.question(question, { signal: stop.signal });
    } catch {
      return "";
    } finally {
      terminal.close();
    }
  },
};
run(process.argv.slice(2), io).then((code) => {
  const final = code === STOPPED && stoppedBy ? 128 + constants.signals[stoppedBy] : code;
  process.stdout.write("", () => process.exit(final));
});
