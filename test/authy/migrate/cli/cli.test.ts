import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "../../../../generated/version.ts";
import { run } from "../../../../src/authy/migrate/cli/run.ts";
import { csv, enrolledBy, faultyPort, place, rowOf } from "../../../support/authy/import.ts";

const users = csv(...Array.from({ length: 8 }, (_, index) => rowOf(index, index % 4 !== 0)));

interface Around {
  env?: Record<string, string>;
  answer?: string;
}

/** Runs a command in this process. */
async function outcomeOf(argv: string[], { env = {}, answer }: Around = {}) {
  const seen = { out: "", err: "", asked: "" };
  const code = await run(argv, {
    out(text) {
      seen.out += text;
    },
    err: {
      write(text) {
        seen.err += text;
      },
    },
    env,
    stop: new AbortController().signal,
    async ask(question) {
      seen.asked += question;
      return answer;
    },
  });
  return { code, ...seen };
}

/** Runs commands for a file of users at an emulator of their own. */
async function command(content = users) {
  const here = await place(content);
  const port = await faultyPort(here.emulator, () => undefined);
  const env = { AUTHSIGNAL_SECRET_KEY: here.emulator.apiSecretKey, AUTHSIGNAL_API_URL: port.apiUrl };
  return {
    ...here,
    port,
    env,
    outcomeOf: (argv: string[], around: Around = {}) => outcomeOf([...argv, here.file], { env, ...around }),
    async [Symbol.asyncDispose]() {
      await port[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

describe("the command line", () => {
  it("explains itself", async () => {
    const { code, out, err } = await outcomeOf(["--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^Usage: authsignal-migrate-authy \[options\] <file>\n/);
    for (const option of ["apply", "region", "report", "journal", "assume-confirmed", "yes"]) {
      expect(out).toMatch(new RegExp(`^  --${option} .*\\w$`, "m"));
    }
    expect(out).toMatch(/^ {2}AUTHSIGNAL_SECRET_KEY {2}/m);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it("tells its version", async () => {
    expect(await outcomeOf(["--version"])).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
  });

  it.each<[problem: string, argv: string[], words: string]>([
    ["no file", [], "Name the file with the users. See authsignal-migrate-authy --help"],
    ["two files", ["a.csv", "b.csv"], "Name one file, not a.csv and b.csv"],
    ["an unknown option", ["--aply", "a"], "Unknown option '--aply'. See authsignal-migrate-authy --help"],
    ["an unknown region", ["--region", "nz", "a"], "--region must be one of us, au, eu, ca, not nz"],
    ["two places", ["--region", "au", "--api-url", "x", "a"], "--api-url and --region exclude each other"],
    ["an unknown format", ["--format", "xlsx", "a"], "--format must be csv or jsonl, not xlsx"],
    ["too much at once", ["--concurrency", "65", "a"], "--concurrency must be a whole number from 1 to 64, not 65"],
    [
      "a number below zero",
      ["--concurrency", "-3", "a"],
      "--concurrency needs a value, and -3 is an option. See authsignal-migrate-authy --help",
    ],
    ["a time that is none", ["--settle", "1m", "a"], "--settle must be a number of seconds up to 600, not 1m"],
    [
      "a report of another kind",
      ["--report", "r.xlsx", "a"],
      "--report must be a file whose name ends in .csv or .jsonl, not r.xlsx",
    ],
    [
      "no key",
      ["--apply", "a"],
      "Set AUTHSIGNAL_SECRET_KEY to the Server API secret key of the tenant: an option could be seen by others",
    ],
  ])("refuses %s", async (_problem, argv, words) => {
    expect(await outcomeOf(argv)).toMatchObject({ code: 2, out: "", err: `authsignal-migrate-authy: ${words}\n` });
  });

  it("refuses an address that it cannot use, and shows no key", async () => {
    const env = { AUTHSIGNAL_SECRET_KEY: "sk_1234", AUTHSIGNAL_API_URL: "http://api.example.com" };
    const { code, err } = await outcomeOf(["--apply", "a.csv"], { env });
    expect(code).toBe(2);
    expect(err).toMatch(/apiUrl must begin with https:/);
    expect(err).not.toContain("sk_");
  });

  it("says in one line why it cannot start", async () => {
    const missing = await outcomeOf(["/nowhere/users.csv"]);
    expect(missing).toMatchObject({
      code: 1,
      err: "authsignal-migrate-authy: Cannot read /nowhere/users.csv: there is no such file\n",
    });
  });
});

describe("a dry run", () => {
  it("needs no key, sends nothing and tells what it would do", async () => {
    await using here = await command(`${users}x,1,,1,12,true\nusr_1,1,,1,12,true\n`);
    const { code, out } = await here.outcomeOf([], { env: {} });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        "line 10: x skipped (phone_number_invalid): no phone number of country code 1 can look like this",
        "line 11: usr_1 skipped (phone_number_invalid): no phone number of country code 1 can look like this",
        "10 rows read",
        "  to enroll                        6",
        "  unverified, to get their number  2",
        "  skipped                          2",
        "    phone_number_invalid           2",
        "Nothing was sent. Add --apply to do it.",
        "",
      ].join("\n"),
    );
    expect(here.port.calls()).toBe(0);
  });

  it("prints a few of many rows to look at, and nothing that could steer the terminal", async () => {
    const rows = Array.from({ length: 25 }, (_, index) => `\u001b[2J${index},1,,1,4155550101,true`);
    await using here = await command(csv(...rows));
    const { out } = await here.outcomeOf([]);
    expect(out).toMatch(/^line 2: \?\[2J0 skipped/);
    expect(out).toContain("\n5 more rows to look at: write them into a file with --report\n");
    expect(out).not.toContain("\u001b");
  });
});

describe("what is printed", () => {
  it("explains notes in words, and counts what was not shown", async () => {
    await using here = await command(csv("a,,,1,4155550101,true", "b,,,1,4155550101,true"));
    const { out } = await here.outcomeOf([]);
    expect(out).toMatch(/^2 rows to look at: write them into a file with --report\n2 rows read\n/);
    expect(out).toMatch(/^Notes\n {2}shared_number {2}2 {2}other users have the same number$/m);
  });

  it("speaks of one row as one", async () => {
    await using here = await command(csv("a,x,,1,4155550101,true"));
    expect((await here.outcomeOf([])).out).toMatch(/^1 row to look at: .*\n1 row read\n/);
    await here.outcomeOf(["--apply"]);
    expect((await here.outcomeOf(["--apply"])).out).toContain("1 row read, of which 1 was done by an earlier run\n");
  });
});

describe("a run", () => {
  it("migrates, and says what it did; once more, it has nothing to do", async () => {
    await using here = await command();
    const first = await here.outcomeOf(["--apply"]);
    expect(first).toMatchObject({ code: 0, err: "8 of 8 users\n" });
    expect(first.out).toMatch(/^8 rows read\n {2}enrolled +6\n {2}unverified, with their number +2\nDone\.\n$/);
    expect(enrolledBy(here.emulator, "usr_1")).toHaveLength(1);
    const calls = here.port.calls();
    expect((await here.outcomeOf(["--apply"])).out).toMatch(/^8 rows read, of which 8 were done by an earlier run\n/);
    expect(here.port.calls()).toBe(calls + 1);
  });

  it("stops when the key is wrong", async () => {
    await using here = await command();
    const env = { ...here.env, AUTHSIGNAL_SECRET_KEY: "sk_live_wrong" };
    const { code, out, err } = await here.outcomeOf(["--apply"], { env });
    expect(code).toBe(1);
    expect(err).toMatch(/^authsignal-migrate-authy: Authsignal at http:\S+ does not know the secret key\. .*\n$/);
    expect(err + out).not.toContain("sk_live");
    expect(out).toMatch(/not come to +8/);
  });

  it("ends with 3 when users failed", async () => {
    await using here = await place(users);
    await using port = await faultyPort(here.emulator, (_count, { path, method }) =>
      method === "POST" && path.includes("usr_3/") ? "500" : undefined,
    );
    const env = { AUTHSIGNAL_SECRET_KEY: here.emulator.apiSecretKey, AUTHSIGNAL_API_URL: port.apiUrl };
    const argv = ["--apply", "--settle", "0", here.file];
    const { code, out } = await outcomeOf(argv, { env });
    expect(code).toBe(3);
    expect(out).toMatch(/^line 5: usr_3 failed \(invalid_response\)/);
    expect(out).toMatch(/Run the same command again to try those that failed once more\.\n$/);
  });
});

describe("--report", () => {
  const odd = csv('"=cmd|"" /C calc""!A0",1,,1,12,true', "b,1,,1,4155550101,true", '"c,d",x,,1,4155550101,true');

  it("writes the rows that need a look, of which no cell is a formula", async () => {
    await using here = await command(odd);
    const report = join(here.folder, "report.csv");
    await here.outcomeOf(["--report", report]);
    expect(await readFile(report, "utf8")).toBe(
      [
        "line,user_id,planned,reason,explanation,notes",
        '2,"\'=cmd|"" /C calc""!A0",skipped,phone_number_invalid,no phone number of country code 1 can look like this,',
        "3,b,enrolled,,,shared_number",
        '4,"c,d",enrolled,,,authy_id_ignored shared_number',
        "",
      ].join("\r\n"),
    );
  });

  it("says outcome only of what was done", async () => {
    await using here = await command(odd);
    const report = join(here.folder, "report.jsonl");
    await here.outcomeOf(["--report", report]);
    expect(await readFile(report, "utf8")).toMatch(/^.*\n\{"line":3,"userId":"b","planned":"enrolled","notes"/);
    await here.outcomeOf(["--apply", "--report", report]);
    expect(await readFile(report, "utf8")).toMatch(/^.*\n\{"line":3,"userId":"b","outcome":"enrolled","notes"/m);
  });

  it("writes JSON lines", async () => {
    await using here = await command(odd);
    const report = join(here.folder, "report.jsonl");
    await here.outcomeOf(["--report", report]);
    const lines = (await readFile(report, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).line)).toEqual([2, 3, 4]);
  });

  it.each(["csv", "jsonl"])("holds nothing that steers a terminal, and no endless id (.%s)", async (kind) => {
    const ids = ["\u001b[2J", "\u009b2J", `long${"x".repeat(5_000)}`];
    await using here = await command(csv(...ids.map((id) => `${id},1,,1,12,true`)));
    const report = join(here.folder, `report.${kind}`);
    const { out } = await here.outcomeOf(["--report", report]);
    for (const text of [out, await readFile(report, "utf8")]) {
      expect(text).toContain("?[2J");
      expect(text).toContain("?2J");
      expect(text).toMatch(/\blongx{96}…/);
    }
  });

  it("of an earlier run stays when another one is at work or the key is wrong", async () => {
    await using here = await command(odd);
    const report = join(here.folder, "report.csv");
    const argv = ["--apply", "--report", report];
    await here.outcomeOf(argv);
    const earlier = await readFile(report, "utf8");
    expect(earlier.split("\r\n")).toHaveLength(5);

    const env = { ...here.env, AUTHSIGNAL_SECRET_KEY: "sk_wrong" };
    expect(await here.outcomeOf([...argv, "--journal", join(here.folder, "other")], { env })).toMatchObject({
      code: 1,
    });
    expect(await readFile(report, "utf8")).toBe(earlier);
    const other = { pid: 1, started: "", host: "elsewhere", space: "", run: "another" };
    await writeFile(`${here.file}.journal.lock`, JSON.stringify(other));
    expect(await here.outcomeOf(argv)).toMatchObject({ code: 1, err: expect.stringContaining("is at work") });
    expect(await readFile(report, "utf8")).toBe(earlier);
  });

  it("is emptied when there is nothing to look at", async () => {
    await using here = await command();
    const report = join(here.folder, "report.jsonl");
    await writeFile(report, "{}\n");
    await here.outcomeOf(["--report", report]);
    expect(await readFile(report, "utf8")).toBe("");
  });

  it("says before anything is sent that it cannot be written", async () => {
    await using here = await command();
    const { code, err } = await here.outcomeOf(["--apply", "--report", "/nowhere/report.csv"]);
    expect([code, err]).toEqual([
      1,
      "authsignal-migrate-authy: Cannot write the report /nowhere/report.csv: there is no folder /nowhere\n",
    ]);
    expect(here.port.calls()).toBe(0);
  });

  it("does not overwrite the users", async () => {
    await using here = await command();
    const { code, err } = await here.outcomeOf(["--report", here.file]);
    expect(code).toBe(1);
    expect(err).toMatch(/--report must be another file/);
    expect(await readFile(here.file, "utf8")).toBe(users);
  });
});

describe("--assume-confirmed", () => {
  it("warns, and asks for the number of users whom it would let strangers be", async () => {
    await using here = await command();
    const { code, err, asked } = await here.outcomeOf(["--apply", "--assume-confirmed"], { answer: "2" });
    expect(err).toMatch(/^\nWARNING: 2 of these users never entered a code/);
    expect(err).toMatch(/typed in by an attacker, can then confirm as that user/);
    expect(asked).toBe("Type 2 to enroll these 2 users: ");
    expect(code).toBe(0);
    expect(enrolledBy(here.emulator, "usr_0")).toHaveLength(1);
  });

  it.each([
    ["another answer", "yes", "Nothing was done"],
    ["no terminal", undefined, "--assume-confirmed with --apply needs --yes without a terminal"],
  ])("does nothing with %s", async (_what, answer, words) => {
    await using here = await command();
    const { code, err } = await here.outcomeOf(["--apply", "--assume-confirmed"], { answer });
    expect(code).toBe(2);
    expect(err).toContain(`authsignal-migrate-authy: ${words}\n`);
    expect(here.port.calls()).toBe(0);
  });

  it("does not ask with --yes, nor when nothing is applied, and warns all the same", async () => {
    await using here = await command();
    expect(await here.outcomeOf(["--assume-confirmed"])).toMatchObject({
      code: 0,
      asked: "",
      err: expect.stringContaining("WARNING: 2"),
    });
    expect(here.port.calls()).toBe(0);
    expect(await here.outcomeOf(["--apply", "--yes", "--assume-confirmed"])).toMatchObject({
      code: 0,
      asked: "",
      err: expect.stringContaining("WARNING: 2"),
    });
    expect(enrolledBy(here.emulator, "usr_0")).toHaveLength(1);
  });
});
