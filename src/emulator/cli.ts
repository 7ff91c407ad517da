#!/usr/bin/env node
import { run } from "./cli/run.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const stop = new AbortController();

for (const signal of SIGNALS) {
  // npm passes on a signal that the terminal has sent already, so a second one is no failure.
  process.on(signal, () => (stop.signal.aborted ? process.exit(0) : stop.abort()));
}
// A reader such as `head -1` may close the pipe early.
process.stdout.on("error", () => {});

const io = {
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
  stop: stop.signal,
};
// Without this, a slow response for which no caller waits any more would keep the process alive.
run(process.argv.slice(2), io).then((code) => process.stdout.write("", () => process.exit(code)));
