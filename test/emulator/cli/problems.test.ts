import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { version } from "../../../generated/version.ts";
import { linesOf, outcomeOf } from "../../support/emulator/cli.ts";
import { serve } from "../../support/server.ts";

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
    [
      "a webhook with credentials",
      ["--webhook", "http://jo:secret@localhost/"],
      "--webhook must be an http or https URL without user and password",
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
    expect(await problemOf("--seed", unfit)).toMatch(new RegExp(`^${unfit} is no seed: seed.user is not in the spec$`));
    expect(await problemOf("--seed", await file("list.json", "[]"))).toMatch(
      /list\.json is no seed: seed must be object$/,
    );
    const lacking = await file(
      "lacking.json",
      '{ "authenticators": [{ "userId": "jo", "verificationMethod": "SMS" }] }',
    );
    expect(await problemOf("--seed", lacking)).toBe(
      `${lacking} is no seed: authenticators[0]: phoneNumber is required for SMS`,
    );
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
