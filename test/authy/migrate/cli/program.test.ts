import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { csv, faultyPort, place, rowOf } from "../../../support/authy/import.ts";
import { serve } from "../../../support/server.ts";

const root = join(import.meta.dirname, "../../../..");
const users = csv(...Array.from({ length: 8 }, (_, index) => rowOf(index, index % 4 !== 0)));

describe("the program", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  function start(argv: string[], env: Record<string, string>) {
    const path = join(root, "src/authy/migrate/cli.ts");
    const child = spawn(process.execPath, ["--import", "tsx", path, ...argv], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
    }
    const ended = once(child, "close").then(([code, signal]) => ({ code, signal, text }));
    return { child, ended };
  }

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("finishes pending users on %s, and continues when it is run again", async (signal, code) => {
    await using here = await place(users);
    let child: ChildProcess | undefined;
    await using port = await faultyPort(here.emulator, (_count, { method, path }) => {
      if (method === "POST" && path.includes("usr_3/")) child?.kill(signal);
      return undefined;
    });
    const env = { AUTHSIGNAL_SECRET_KEY: here.emulator.apiSecretKey, AUTHSIGNAL_API_URL: port.apiUrl };
    const argv = ["--apply", "--concurrency", "1", here.file];
    const first = start(argv, env);
    child = first.child;
    const stopped = await first.ended;
    expect(stopped).toMatchObject({ code, signal: null });
    expect(stopped.text).toMatch(/not come to +[34]\n(.|\n)*Stopped\. Run the same command again to go on\.\n/);
    child = undefined;
    const second = await start(argv, env).ended;
    expect(second.code).toBe(0);
    expect(second.text).toMatch(/ {2}enrolled +6\n/);
    expect([...port.enrollments.values()]).toEqual(Array(6).fill(1));
  });

  it("ends at once on a second signal", async () => {
    await using here = await place(users);
    let child: ChildProcess | undefined;
    await using silent = await serve((_response, _request, count) => {
      if (count > 1) return;
      child?.kill("SIGINT");
      child?.kill("SIGTERM");
    });
    const env = { AUTHSIGNAL_SECRET_KEY: here.emulator.apiSecretKey, AUTHSIGNAL_API_URL: silent.url };
    const { child: started, ended } = start(["--apply", here.file], env);
    child = started;
    const { code, text } = await ended;
    expect(code).toBeGreaterThan(128);
    expect(text).toBe("");
  });

  it("ends with a code and one line when the command line is wrong", async () => {
    const { code, text } = await start(["--nothing"], {}).ended;
    expect(code).toBe(2);
    expect(text.trimEnd().split("\n")).toHaveLength(1);
  });

  it("writes plain lines where there is no terminal", async () => {
    await using here = await place(users);
    const { code, text } = await start([here.file], {}).ended;
    expect(code).toBe(0);
    expect(text).not.toMatch(/\p{Cc}(?<!\n)|█/u);
  });
});
