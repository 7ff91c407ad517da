#!/usr/bin/env node
import { run } from "./cli/run.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const stop = new AbortController();

for (const signal of SIGNALS) {
  // npm forwards Ctrl+C, which the terminal has sent to this process already. The second signal exits without an error.
  process.on(signal, () => (stop.signal.aborted ? process.exit(0) : stop.abort()));
}
// A reader such as `head` may close the pipe early.
process.stdout.on("error", () => {});

const io = {
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
  stop: stop.signal,
};
// Exits even if a slow response is still pending.
run(process.argv.slice(2), io).then((code) => process.stdout.write("", () => process.exit(code)));
