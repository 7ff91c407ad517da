import { execFile } from "node:child_process";
import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { Authsignal } from "../../../../src/authsignal/authsignal.ts";
import { csv, enrolledBy, faultyPort, place, rowOf, type Sent } from "../../../support/authy/import.ts";

const root = join(import.meta.dirname, "../../../..");
const users = (count: number) => csv(...Array.from({ length: count }, (_, index) => rowOf(index, index % 4 !== 0)));
const isEnrollment = ({ method }: Sent) => method === "POST";

async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, "utf8")).split("\n");
}

describe("the journal", () => {
  it("is for its owner only, and holds no secret, no number and no address", async () => {
    await using here = await place(users(8));
    await here.migrate();
    const journal = `${here.file}.journal`;
    expect((await stat(journal)).mode & 0o777).toBe(0o600);
    const text = await readFile(journal, "utf8");
    expect(text).not.toMatch(/415555|@|sk_/);
    expect(text.trimEnd().split("\n")).toHaveLength(1 + 2 * 6 + 2);
  });

  it("lets a second run do nothing, and a changed row be done again", async () => {
    await using here = await place(users(8));
    await here.migrate();
    here.sent.length = 0;
    expect((await here.migrate()).report).toMatchObject({ enrolled: 6, unverified: 2, earlier: 8 });
    expect(here.sent.map(({ path }) => path)).toEqual(["/authenticators"]);
    await writeFile(here.file, users(9).replace("4155550003", "4155550300"));
    expect((await here.migrate()).report).toMatchObject({
      read: 9,
      enrolled: 5,
      unverified: 3,
      earlier: 7,
      skippedBy: { other_number_enrolled: 1 },
    });
  });

  it("is continued from any place at which it was torn, and no user is enrolled twice", async () => {
    await using here = await place(users(8));
    await here.migrate();
    const journal = `${here.file}.journal`;
    const whole = await readFile(journal);
    const header = whole.indexOf("\n") + 1;
    for (let size = header; size < whole.length; size += 7) {
      await writeFile(journal, whole.subarray(0, size));
      const { report } = await here.migrate();
      expect(report.enrolled + report.alreadyEnrolled + report.unverified).toBe(8);
      expect((await readFile(journal, "utf8")).endsWith("\n")).toBe(true);
    }
    expect(here.sent.filter(isEnrollment)).toHaveLength(6);
  });

  it.each([
    ["broken off", `{"user":"usr_1","row":"${"x".repeat(5_000)}`],
    ["filled with nothing, as by a power cut", `${"\0".repeat(5_000)}\n\0\0`],
  ])("goes on when its end is %s", async (_what, end) => {
    await using here = await place(users(4));
    await here.migrate();
    const journal = `${here.file}.journal`;
    const whole = await readFile(journal, "utf8");
    await writeFile(journal, whole + end);
    expect((await here.migrate()).report).toMatchObject({ read: 4, earlier: 4 });
    expect(await readFile(journal, "utf8")).toBe(whole);
    await writeFile(journal, whole + end);
    await writeFile(here.file, users(6));
    expect((await here.migrate()).report).toMatchObject({ read: 6, earlier: 4, remaining: 0 });
    expect((await here.migrate()).report).toMatchObject({ read: 6, earlier: 6 });
  });

  it("counts a user as enrolled whose enrollment was sent before a kill and processed", async () => {
    await using here = await place(csv(rowOf(1)));
    await here.migrate();
    const journal = `${here.file}.journal`;
    const [header = "", sent = ""] = await linesOf(journal);
    expect(JSON.parse(sent)).toMatchObject({ user: "usr_1", sent: expect.any(Number) });
    await writeFile(journal, `${header}\n${sent}\n{"user":"usr_1","row":"`);
    expect((await here.migrate()).report).toMatchObject({ enrolled: 1, alreadyEnrolled: 0 });
    expect(here.sent.filter(isEnrollment)).toHaveLength(1);
  });

  it.each<[what: string, change: (lines: string[]) => string[], words: RegExp]>([
    ["is something else", () => ["something of mine", ""], /is no journal of a migration/],
    ["is something else without an end", () => ["something of mine"], /is no journal of a migration/],
    ["is of another version", ([header = ""]) => [header.replace('"version":1', '"version":2'), ""], /another version/],
    [
      "is of another address",
      ([header = "", ...rest]) => [
        header.replace(/"apiUrl":"[^"]*"/, '"apiUrl":"https://eu.api.authsignal.com/v1"'),
        ...rest,
      ],
      /is of a migration to https:\/\/eu\.api\.authsignal\.com\/v1, and this one goes to http/,
    ],
    [
      "is damaged in the middle",
      ([header = "", ...rest]) => [header, "{", ...rest],
      /^Line 2 of the journal .* damaged/,
    ],
  ])("is refused and left alone when it %s", async (_what, change, words) => {
    await using here = await place(users(4));
    await here.migrate();
    const journal = `${here.file}.journal`;
    const text = change(await linesOf(journal)).join("\n");
    await writeFile(journal, text);
    here.sent.length = 0;
    await expect(here.migrate()).rejects.toThrow(words);
    expect(await readFile(journal, "utf8")).toBe(text);
    expect(here.sent).toEqual([]);
  });

  it("is refused when it is of another key at the same address", async () => {
    await using here = await place(users(4));
    await here.migrate();
    const { apiUrl, fetch } = here.emulator;
    const authsignal = new Authsignal({ apiUrl, apiSecretKey: "sk_emulator_other", fetch });
    await expect(here.migrate({ authsignal })).rejects.toThrow(/another secret key/);
    expect((await here.migrate({ authsignal, journal: join(here.folder, "other") })).report).toMatchObject({
      enrolled: 3,
    });
  });

  it("of a run with a wrong key or address, which did nothing, does not stand in the way of the right one", async () => {
    await using here = await place(users(4));
    const { apiUrl, apiSecretKey, fetch } = here.emulator;
    const wrongKey = new Authsignal({ apiUrl, apiSecretKey: "sk_of_another_tenant", fetch });
    await expect(here.migrate({ authsignal: wrongKey })).rejects.toThrow(/does not know the secret key/);
    const otherServer = async () => new Response("<h1>It works!</h1>");
    const wrongPlace = new Authsignal({ apiUrl: "http://127.0.0.1:9/v1", apiSecretKey, fetch: otherServer });
    await expect(here.migrate({ authsignal: wrongPlace })).rejects.toThrow(/cannot be used/);
    expect((await here.migrate()).report).toMatchObject({ enrolled: 3, unverified: 1, earlier: 0 });
    expect((await here.migrate()).report).toMatchObject({ earlier: 4 });
  });

  it("is said to be out of place when its folder is not there", async () => {
    await using here = await place(users(4));
    await expect(here.migrate({ journal: "/nowhere/journal" })).rejects.toThrow(
      "Cannot keep the journal /nowhere/journal: there is no folder /nowhere",
    );
    expect(here.sent).toEqual([]);
  });
});

describe("a lock of the journal", () => {
  it("excludes a second run", async () => {
    let second: Promise<unknown> | undefined;
    await using here = await place(users(8), {
      between: async (request, pass) => {
        if (isEnrollment(request)) {
          second ??= here.migrate().catch((error: unknown) => Object(error).message);
          await second;
        }
        return pass();
      },
    });
    expect((await here.migrate()).report).toMatchObject({ enrolled: 6 });
    expect(await second).toMatch(
      new RegExp(`^Process ${process.pid} on ${hostname()} is at work with the journal .* delete .*\\.lock$`),
    );
    expect((await here.migrate()).report).toMatchObject({ earlier: 8 });
  });

  /** What a run of this process writes into its lock. */
  async function lockOfThisProcess(): Promise<Record<string, unknown>> {
    let text = "";
    await using here = await place(users(2), {
      between: async (_request, pass) => {
        text = await readFile(`${here.file}.journal.lock`, "utf8");
        return pass();
      },
    });
    await here.migrate();
    return JSON.parse(text);
  }

  it.each<[who: string, change: Record<string, unknown> | string]>([
    ["a process that has ended", { pid: 999_999_999, run: "another" }],
    ["a run that this process has forgotten", {}],
    ["a process that wrote no name", ""],
  ])("is taken over when it was left by %s", async (_who, change) => {
    await using here = await place(users(4));
    const lock = `${here.file}.journal.lock`;
    await writeFile(lock, change === "" ? "" : JSON.stringify(Object.assign(await lockOfThisProcess(), change)));
    await utimes(lock, 0, 0);
    expect((await here.migrate()).report).toMatchObject({ enrolled: 3 });
    await expect(stat(lock)).rejects.toThrow(/ENOENT/);
  });

  it.runIf(process.platform === "linux")(
    "is taken over when it was left by an earlier process with the same id",
    async () => {
      await using here = await place(users(4));
      const owner = { ...(await lockOfThisProcess()), run: "another", started: "1" };
      await writeFile(`${here.file}.journal.lock`, JSON.stringify(owner));
      expect((await here.migrate()).report).toMatchObject({ enrolled: 3 });
    },
  );

  it.each([
    ["on another machine", { host: "elsewhere", pid: 999_999_999 }],
    ["in another container, with the same process id", { space: "another" }],
    ["in the same process", {}],
  ])("is respected when its owner is %s", async (_where, change) => {
    await using here = await place(users(4));
    const lock = `${here.file}.journal.lock`;
    const text = JSON.stringify({ ...(await lockOfThisProcess()), run: "another", ...change });
    await writeFile(lock, text);
    await utimes(lock, 0, 0);
    await expect(here.migrate()).rejects.toThrow(/^Process \d+ on \S+ is at work .*delete \S+\.journal\.lock$/);
    expect(await readFile(lock, "utf8")).toBe(text);
    expect(here.sent).toEqual([]);
  });
});

describe("a disk that is full", () => {
  it("stops the migration before something is sent that cannot be noted, and the next run goes on", async () => {
    await using here = await place(users(400));
    await using port = await faultyPort(here.emulator, () => undefined);
    const program = join(root, "src/authy/migrate/cli.ts");
    const command = [
      "-c",
      'ulimit -f 8; exec "$0" "$@"',
      process.execPath,
      "--import",
      "tsx",
      program,
      "--apply",
      here.file,
    ];
    const env = {
      ...process.env,
      TSX_DISABLE_CACHE: "1",
      AUTHSIGNAL_SECRET_KEY: here.emulator.apiSecretKey,
      AUTHSIGNAL_API_URL: port.apiUrl,
    };
    const failed: { code?: unknown; stdout?: string; stderr?: string } = await promisify(execFile)("sh", command, {
      cwd: root,
      env,
    }).catch((error: unknown) => Object(error));
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^authsignal-migrate-authy: Cannot keep the journal .*EFBIG/m);
    expect(failed.stdout).toMatch(/not come to +\d+/);
    expect(port.enrollments.size).toBeGreaterThan(10);
    expect(port.enrollments.size).toBeLessThan(300);

    const { apiSecretKey } = here.emulator;
    const authsignal = new Authsignal({ apiSecretKey, apiUrl: port.apiUrl });
    expect((await here.migrate({ authsignal })).report).toMatchObject({
      read: 400,
      enrolled: 300,
      unverified: 100,
      alreadyEnrolled: 0,
    });
    expect([...port.enrollments.values()]).toEqual(Array(300).fill(1));
    expect(enrolledBy(here.emulator, "usr_1")).toHaveLength(1);
  });
});
