import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createEmulator } from "../../../../src/emulator/emulator.ts";
import {
  chances,
  csv,
  enrolledBy,
  faultyPort,
  folder,
  type Mishap,
  numberOf,
  rowOf,
} from "../../../support/authy/import.ts";

const root = join(import.meta.dirname, "../../../..");
const USERS = 10_000;
/** One user in so many never entered a code. */
const UNCONFIRMED = 10;
const MISHAPS: Mishap[] = ["429", "500", "500 though done", "reset", "lost answer"];
/** After how many further calls the program is killed, run by run. */
const KILLS = [1, 40, 3_000, 7_000, 12_000];

const isConfirmed = (index: number) => index % UNCONFIRMED !== 0;

/** The whole of it takes 15 seconds on a machine that does nothing else, in ms. */
const TIME_LIMIT = 180_000;

it(
  "accounts for 10,000 of 10,000 users, each enrolled once, over failures and kills",
  async () => {
    await using home = await folder();
    await using emulator = createEmulator();
    const file = join(home.path, "users.csv");
    await writeFile(file, csv(...Array.from({ length: USERS }, (_, index) => rowOf(index, isConfirmed(index)))));

    const chance = chances(5);
    let mishaps = 0;
    let killAt = Number.POSITIVE_INFINITY;
    let child: ChildProcess | undefined;
    await using port = await faultyPort(emulator, (count) => {
      if (count >= killAt) child?.kill("SIGKILL");
      if (chance() >= 0.05) return undefined;
      mishaps += 1;
      return MISHAPS[Math.floor(chance() * MISHAPS.length)];
    });
    const env = {
      ...process.env,
      AUTHSIGNAL_SECRET_KEY: emulator.apiSecretKey,
      AUTHSIGNAL_API_URL: port.apiUrl,
    };

    /** Runs the program; gives its exit code, or the signal that ended it, with what it printed. */
    async function run() {
      const path = join(root, "src/authy/migrate/cli.ts");
      const argv = ["--import", "tsx", path, "--apply", "--settle", "0.1", "--concurrency", "32", file];
      const started = spawn(process.execPath, argv, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      let out = "";
      let err = "";
      started.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
      });
      started.stderr.setEncoding("utf8").on("data", (text: string) => {
        err += text;
      });
      const [code, signal] = await once(started, "close");
      return { end: signal ?? code, out, err };
    }

    for (const calls of KILLS) {
      killAt = port.calls() + calls;
      expect((await run()).end).toBe("SIGKILL");
    }
    killAt = Number.POSITIVE_INFINITY;
    let last = await run();
    while (last.end === 3) last = await run();

    expect(last.end).toBe(0);
    expect(last.err).toMatch(/^(\d+ of 10000 users(, waiting .*)?\n)*10000 of 10000 users\n$/);
    expect(mishaps).toBeGreaterThan(port.calls() * 0.04);
    expect(last.out).toMatch(/^10000 rows read, of which \d{3,4} were done by an earlier run$/m);
    expect(last.out).toMatch(/^ {2}enrolled +9000$/m);
    expect(last.out).toMatch(/^ {2}unverified, with their number +1000$/m);
    expect(last.out).toMatch(/^Done\.$/m);

    const { users = [], authenticators = [] } = emulator.export();
    expect(users).toHaveLength(USERS);
    expect(authenticators).toHaveLength(USERS - USERS / UNCONFIRMED);
    const numbers = new Map(authenticators.map(({ userId, phoneNumber }) => [userId, phoneNumber]));
    const people = new Map(users.map((user) => [user.userId, user]));
    for (let index = 0; index < USERS; index += 1) {
      const userId = `usr_${index}`;
      const phoneNumber = `+1${numberOf(index)}`;
      const isEnrolled = isConfirmed(index);
      expect(numbers.get(userId)).toBe(isEnrolled ? phoneNumber : undefined);
      expect(people.get(userId)).toMatchObject({
        phoneNumber,
        phoneNumberVerified: isEnrolled,
        email: `user${index}@example.com`,
        custom: { authyId: `${40_000_000 + index}` },
      });
    }
    expect([...port.enrollments.values()].filter((count) => count !== 1)).toEqual([]);
    expect(port.enrollments.size).toBe(authenticators.length);
    expect(enrolledBy(emulator, "usr_1")).toEqual([`+1${numberOf(1)}`]);

    const [, ...lines] = readFileSync(`${file}.journal`, "utf8").trimEnd().split("\n");
    const ends = lines.map((line) => JSON.parse(line)).filter(({ end }) => end !== undefined);
    expect(new Set(ends.map(({ user }) => user)).size).toBe(USERS);
    expect(ends).toHaveLength(USERS);
  },
  TIME_LIMIT,
);
