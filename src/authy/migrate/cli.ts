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
// Whoever reads the first line only may go.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const io = {
  out: (text: string) => process.stdout.write(text),
  err: process.stderr,
  env: process.env,
  stop: stop.signal,
  /** Asks the person at the terminal; undefined when nobody is there. */
  async ask(question: string): Promise<string | undefined> {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // The terminal gives Ctrl+C to whoever asks.
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
