import { expect } from "vitest";
import { run } from "../../../src/emulator/cli/run.ts";
import { Authsignal } from "../../../src/index.ts";

/** Runs a command until it exits. */
export async function outcomeOf(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const seen = { out: "", err: "" };
  const code = await run(argv, {
    out(text) {
      seen.out += text;
    },
    err(text) {
      seen.err += text;
    },
    stop: AbortSignal.abort(),
  });
  return { code, ...seen };
}

/** Runs a command until some work with its output is done. */
export async function during<T>(argv: string[], work: (out: string) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  let err = "";
  let print = (_text: string) => {};
  const printed = new Promise<string>((resolve) => {
    print = resolve;
  });
  const io = {
    out: print,
    err(text: string) {
      err += text;
      print("");
    },
    stop: stop.signal,
  };
  const ended = run(["--port", "0", ...argv], io);
  try {
    return await work(await printed);
  } finally {
    stop.abort();
    expect(await ended).toBe(0);
    expect(err).toBe("");
  }
}

/** The output of `--json`. */
export interface Line {
  apiUrl: string;
  origin: string;
  inspectorUrl: string;
  apiSecretKey: string;
  callConnectSecretKey: string;
  pid: number;
}

export const client = ({ apiUrl, apiSecretKey }: Line) => new Authsignal({ apiUrl, apiSecretKey, retries: 0 });
export const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");
