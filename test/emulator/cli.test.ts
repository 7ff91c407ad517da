import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { TOTP, URI } from "otpauth";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bodies } from "../../generated/emulator-validators.js";
import { version } from "../../generated/version.ts";
import { run } from "../../src/emulator/cli/run.ts";
import { sample } from "../../src/emulator/sample.ts";
import { visit } from "../../src/emulator/visit.ts";
import { Authsignal } from "../../src/index.ts";
import { serve } from "../support/server.ts";

const root = join(import.meta.dirname, "../..");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Runs a command that ends by itself. */
async function outcomeOf(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
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

/** Runs a command until the work with what it printed is done. */
async function during<T>(argv: string[], work: (out: string) => Promise<T>): Promise<T> {
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

interface Line {
  apiUrl: string;
  origin: string;
  apiSecretKey: string;
  callConnectSecretKey: string;
  pid: number;
}

const client = ({ apiUrl, apiSecretKey }: Line) => new Authsignal({ apiUrl, apiSecretKey, retries: 0 });
const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

describe("the command line", () => {
  it("explains itself", async () => {
    const { code, out, err } = await outcomeOf("--help");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^Usage: authsignal-emulator \[options\]\n/);
    for (const option of [
      "port",
      "host",
      "seed",
      "sample",
      "data",
      "key",
      "otp",
      "outcome",
      "no-strict",
      "no-limits",
    ]) {
      expect(out).toMatch(new RegExp(`^  --${option} .*\\w$`, "m"));
    }
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it("tells its version", async () => {
    expect(await outcomeOf("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it.each<[problem: string, argv: string[], words: string]>([
    ["an unknown option", ["--prot", "1"], "Unknown option '--prot'. See authsignal-emulator --help"],
    [
      "an option without its value",
      ["--port"],
      "Option '--port <value>' argument missing. See authsignal-emulator --help",
    ],
    ["a value too many", ["--json=yes"], "Option '--json' does not take an argument. See authsignal-emulator --help"],
    ["a word too many", ["start"], "Unexpected argument 'start'. See authsignal-emulator --help"],
    ["a port that is none", ["--port", "http"], "--port must be a number from 0 to 65535, not http"],
    ["a port out of range", ["--port", "65536"], "--port must be a number from 0 to 65535, not 65536"],
    [
      "another host",
      ["--host", "0.0.0.0"],
      "--host must be one of 127.0.0.1, ::1, localhost, not 0.0.0.0: the emulator is reached from this machine only",
    ],
    [
      "an unknown outcome",
      ["--outcome", "allow"],
      "--outcome must be one of ALLOW, BLOCK, CHALLENGE, REVIEW, not allow",
    ],
    ["a code that is none", ["--otp", "abc"], "--otp must be 4 to 10 digits or random, not abc"],
    [
      "a dangerous redirect",
      ["--allow-redirect", "https://a.example", "--allow-redirect", "javascript:alert(1)"],
      "--allow-redirect must be an origin such as https://app.example.com, not javascript:alert(1)",
    ],
    ["two seeds", ["--seed", "a.json", "--sample"], "--seed and --sample exclude each other"],
  ])("refuses %s", async (_problem, argv, words) => {
    expect(await outcomeOf(...argv)).toEqual({ code: 2, out: "", err: `authsignal-emulator: ${words}\n` });
  });

  /** How a command fails to start; it never prints where the emulator is. */
  async function problemOf(...argv: string[]): Promise<string> {
    const { code, out, err } = await outcomeOf("--port", "0", ...argv);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(linesOf(err)).toHaveLength(1);
    return err.replace(/^authsignal-emulator: |\n$/g, "");
  }

  it("says that the port is taken", async () => {
    await using taken = await serve(() => {});
    const { port } = new URL(taken.url);
    expect(await problemOf("--port", port)).toBe(
      `Port ${port} of 127.0.0.1 is taken: choose another one, or 0 for any that is free`,
    );
  });

  it("says what is wrong with a seed file", async () => {
    const missing = join(folder, "missing.json");
    expect(await problemOf("--seed", missing)).toBe(`Cannot read the seed ${missing}: there is no such file`);
    expect(await problemOf("--seed", folder)).toBe(`Cannot read the seed ${folder}: it is a folder`);
    const binary = await file("binary.json", new Uint8Array([0x7b, 0xff, 0x7d]));
    expect(await problemOf("--seed", binary)).toBe(`Cannot read the seed ${binary}: it is not UTF-8`);

    const broken = await file("broken.json", '{\n  "users": [\n    { "userId" "jo" }\n  ]\n}');
    expect(await problemOf("--seed", broken)).toMatch(new RegExp(`^${broken} is not JSON, line 3, column 16: \\w`));
    const cut = await file("cut.json", '{\n  "users": [');
    expect(await problemOf("--seed", cut)).toMatch(
      new RegExp(`^${cut} is not JSON, line 2, column 13: Unexpected end`),
    );
    expect(await problemOf("--seed", await file("yaml.json", "users: []"))).toMatch(
      /yaml\.json is not JSON.*: Unexpected token/,
    );

    const unfit = await file("unfit.json", '{ "users": [{ "userId": "jo" }, { "email": 1 }], "user": [] }');
    expect(await problemOf("--seed", unfit)).toMatch(
      new RegExp(
        `^${unfit} is no seed: (?=.*seed.users\\[1\\].userId is required)(?=.*seed.users\\[1\\].email must be string)(?=.*seed.user is not)`,
      ),
    );
    expect(await problemOf("--seed", await file("list.json", "[]"))).toMatch(
      /list\.json is no seed: seed must be object$/,
    );
    const lacking = await file(
      "lacking.json",
      '{ "authenticators": [{ "userId": "jo", "verificationMethod": "SMS" }] }',
    );
    expect(await problemOf("--seed", lacking)).toBe("authenticators[0]: phoneNumber is required for SMS");
  });

  it("says that the data file cannot be used", async () => {
    expect(await problemOf("--data", folder)).toContain(folder);
    const nowhere = join(folder, "nowhere", "data.json");
    expect(await problemOf("--data", nowhere)).toContain(nowhere);
    const foreign = await file("foreign.json", "something of my own\n");
    expect(await problemOf("--data", foreign)).toContain(foreign);
    expect(await readFile(foreign, "utf8")).toBe("something of my own\n");
  });

  it("starts in production only when told to", async () => {
    vi.stubEnv("NODE_ENV", "production");
    expect(await problemOf()).toMatch(/NODE_ENV is production: pass --allow-production/);
    expect((await outcomeOf("--port", "0", "--allow-production")).code).toBe(0);
  });

  it("refuses a key that could be a real one, and does not print it", async () => {
    const problem = await problemOf("--key", "sk_live_0123456789");
    expect(problem).toMatch(/sk_emulator_/);
    expect(problem).not.toContain("sk_live");
  });
});

describe("what it starts", () => {
  it("is told in one line of JSON", async () => {
    await during(["--json", "--key", "sk_emulator_mine"], async (out) => {
      expect(out).toMatch(/^\{.*\}\n$/);
      const line: Line = JSON.parse(out);
      expect(line).toEqual({
        origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        apiUrl: `${line.origin}/v1`,
        apiSecretKey: "sk_emulator_mine",
        callConnectSecretKey: "sk_emulator_connect_mine",
        pid: process.pid,
      });
      expect((await client(line).track({ userId: "jo", action: "withdraw" })).state).toBe("ALLOW");
    });
  });

  it("is told to people in words, without trailing space", async () => {
    await during(["--otp", "4711"], async (out) => {
      const origin = /http:\S+(?=\/v1)/.exec(out)?.[0] ?? "";
      expect(out.replaceAll(origin, "ORIGIN")).toBe(
        [
          `authsignal-emulator ${version}`,
          "",
          "  Server API    ORIGIN/v1         sk_emulator_default",
          "  Call Connect  ORIGIN            sk_emulator_connect_default",
          "  Control       ORIGIN/_emulator",
          "  Health        ORIGIN/health",
          "",
          "Set for your program:",
          "",
          "  AUTHSIGNAL_API_URL=ORIGIN/v1",
          "  AUTHSIGNAL_SECRET_KEY=sk_emulator_default",
          "",
          "Every one-time code is 4711.",
          "Messages are not sent: see ORIGIN/_emulator/outbox",
          "Nothing is kept when it stops.",
          "",
          "Stop it with Ctrl+C.",
          "",
        ].join("\n"),
      );
      for (const path of ["/health", "/_emulator/outbox"]) expect((await fetch(origin + path)).status).toBe(200);
    });
  });

  it("behaves as the options say", async () => {
    const argv = ["--json", "--outcome", "BLOCK", "--otp", "4711", "--no-strict", "--no-limits"];
    await during([...argv, "--allow-redirect", "https://app.example.com", "--allow-host", "emulator"], async (out) => {
      const line: Line = JSON.parse(out);
      expect((await client(line).track({ userId: "jo", action: "withdraw" })).state).toBe("BLOCK");
      const phoneNumber = "+64270000000";
      for (let count = 0; count < 20; count++) {
        await client(line).challenge({ verificationMethod: "SMS", action: "call", phoneNumber });
      }
      const outbox = await fetch(`${line.origin}/_emulator/outbox`);
      expect(await outbox.json()).toEqual(Array(20).fill(expect.objectContaining({ to: phoneNumber, code: "4711" })));
      const headers = { authorization: `Basic ${btoa(`${line.apiSecretKey}:`)}` };
      const unknown = { method: "POST", headers, body: '{"colour":"red"}' };
      expect((await fetch(`${line.apiUrl}/users/jo/actions/withdraw`, unknown)).status).toBe(200);
    });
  });

  it("holds the seed, and keeps everything in the data file", async () => {
    const seed = await file(
      "seed.json",
      '\ufeff{ "$schema": "x", "users": [{ "userId": "jo", "email": "jo@example.com" }] }',
    );
    const argv = ["--json", "--data", join(folder, "data.json"), "--seed", seed];
    await during(argv, async (out) => {
      const authsignal = client(JSON.parse(out));
      expect((await authsignal.getUser({ userId: "jo" })).email).toBe("jo@example.com");
      await authsignal.updateUser({ userId: "jo", attributes: { email: "new@example.com" } });
    });
    await during(argv, async (out) => {
      expect((await client(JSON.parse(out)).getUser({ userId: "jo" })).email).toBe("new@example.com");
    });
    await during(argv.slice(1), async (out) =>
      expect(out).toContain(`Everything is kept in ${join(folder, "data.json")}.`),
    );
  });

  it("ends at once when it was stopped before it started", async () => {
    expect((await outcomeOf("--port", "0")).code).toBe(0);
  });
});

describe("the sample", () => {
  it("fits the schema of seeds", () => {
    expect([bodies.importState(sample), bodies.importState.errors]).toEqual([true, null]);
  });

  it("is shown with a command that tracks a withdrawal", async () => {
    await during(["--sample"], async (out) => {
      expect(out).toMatch(/^ {2}jo {3}SMS \+64270000000, EMAIL_OTP jo@example\.com$/m);
      expect(out).toMatch(/^ {2}withdraw {2}CHALLENGE\n {2}transfer {2}REVIEW\n {2}else {6}ALLOW$/m);
      const command = /^ {2}curl[\s\S]*?'$/m.exec(out)?.[0] ?? "";
      const { stdout } = await promisify(execFile)("sh", [
        "-c",
        `${command.replace("curl", "curl --silent --show-error")}`,
      ]);
      const { state, url } = JSON.parse(stdout);
      expect(state).toBe("CHALLENGE_REQUIRED");
      const page = await visit(url);
      await page.choose("EMAIL_OTP");
      expect((await page.enter("123456")).url).toMatch(/^http:\/\/localhost:3000\/\?token=/);
    });
  });

  it("has users who can confirm, each in another way", async () => {
    await during(["--sample", "--json"], async (out) => {
      const authsignal = client(JSON.parse(out));
      const states = ["withdraw", "transfer", "look"].map(
        async (action) => (await authsignal.track({ userId: "kim", action })).state,
      );
      expect(await Promise.all(states)).toEqual(["CHALLENGE_REQUIRED", "REVIEW_REQUIRED", "ALLOW"]);

      const attributes = { redirectUrl: "http://localhost:3000/" };
      const app = await visit((await authsignal.track({ userId: "kim", action: "withdraw", attributes })).url);
      const totp = URI.parse(sample.authenticators?.find(({ otpUri }) => otpUri)?.otpUri ?? "");
      await app.choose("AUTHENTICATOR_APP");
      const { token } = await app.enter(totp instanceof TOTP ? totp.generate() : undefined);
      expect((await authsignal.validateChallenge({ token, userId: "kim", action: "withdraw" })).isValid).toBe(true);

      const passkey = await visit((await authsignal.track({ userId: "lee", action: "withdraw", attributes })).url);
      await passkey.choose("PASSKEY");
      expect((await passkey.approve()).url).toContain("http://localhost:3000/");
    });
  });
});

describe("the program", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  function start(...argv: string[]): ChildProcess {
    const path = join(root, "src/emulator/cli.ts");
    const child = spawn(process.execPath, ["--import", "tsx", path, "--port", "0", ...argv], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    return child;
  }

  async function all(stream: NodeJS.ReadableStream | null): Promise<string> {
    let text = "";
    for await (const chunk of stream ?? []) text += chunk;
    return text;
  }

  async function lineOf({ stdout }: ChildProcess): Promise<Line> {
    if (!stdout) throw new Error("It has no output");
    for await (const line of createInterface({ input: stdout })) return JSON.parse(line);
    throw new Error("It printed nothing");
  }

  it.each(["SIGINT", "SIGTERM"] as const)(
    "stops on %s although an answer is still to come, and says nothing else",
    async (signal) => {
      const child = start("--json", "--data", join(folder, `${signal}.json`));
      const stderr = all(child.stderr);
      const line = await lineOf(child);
      expect(line.pid).toBe(child.pid);
      const faults = `${line.origin}/_emulator/faults`;
      const headers = { "content-type": "application/json" };
      await fetch(faults, { method: "POST", headers, body: '{"latency":600000,"times":1}' });
      const slow = client(line)
        .track({ userId: "jo", action: "withdraw" })
        .catch((error: unknown) => error);
      // A fault is taken off the list when its call has come.
      while ((await (await fetch(faults)).text()) !== "[]");
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([0, null]);
      expect(await slow).toMatchObject({ errorCode: "network_error" });
      expect(await stderr).toBe("");
    },
  );

  it("stops at once on a second signal", async () => {
    const child = start("--json");
    await lineOf(child);
    child.kill("SIGINT");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("ends with a code and one line when it cannot start", async () => {
    const child = start("--host", "0.0.0.0");
    const [stdout, stderr] = await Promise.all([all(child.stdout), all(child.stderr), once(child, "exit")]);
    expect(child.exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(linesOf(stderr)).toHaveLength(1);
  });
});
