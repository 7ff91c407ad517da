import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppendLog } from "../../src/files/append-log.ts";
import { canonicalPath } from "../../src/files/file-system.ts";
import { readLogLines } from "../../src/files/log-lines.ts";

const program = join(import.meta.dirname, "../support/files/log-program.ts");

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
  file = join(folder, "log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const lines = (longest?: number) => [...readLogLines(file, longest)];
const texts = () => lines().map(({ text }) => text);

describe("readLogLines", () => {
  it("gives no line of a missing or empty file", () => {
    expect(lines()).toEqual([]);
    writeFileSync(file, "");
    expect(lines()).toEqual([]);
  });

  it("gives each line with its end in bytes, and says that the last one is not whole", () => {
    writeFileSync(file, "Zoë\n\n🎈\nto");
    expect(lines()).toEqual([
      { text: "Zoë", isWhole: true, end: 5 },
      { text: "", isWhole: true, end: 6 },
      { text: "🎈", isWhole: true, end: 11 },
      { text: "to", isWhole: false, end: 13 },
    ]);
  });

  it("joins a line that is longer than what is read at once", () => {
    const long = "é".repeat(3_000_000);
    writeFileSync(file, `a\n${long}\nb\n`);
    expect(texts()).toEqual(["a", long, "b"]);
  });

  it("gives no text of a line that is longer than a string can be, and goes on behind it", () => {
    writeFileSync(file, "12345\n1234\n123456");
    expect(lines(4)).toEqual([
      { text: undefined, isWhole: true, end: 6 },
      { text: "1234", isWhole: true, end: 11 },
      { text: undefined, isWhole: false, end: 17 },
    ]);
  });

  it("reads past 600 MB without a newline, which no string can hold", { timeout: 60_000 }, () => {
    writeFileSync(file, "whole\n");
    truncateSync(file, 600_000_000);
    const last = { text: undefined, isWhole: false, end: 600_000_000 };
    expect(lines()).toEqual([{ text: "whole", isWhole: true, end: 6 }, last]);
  });

  it("refuses a folder, a symbolic link and a FIFO", () => {
    mkdirSync(file);
    expect(lines).toThrow("that is no file");
    rmSync(file, { recursive: true });
    writeFileSync(join(folder, "target"), "");
    symlinkSync("target", file);
    expect(lines).toThrow("that is no file");
    rmSync(file);
    execFileSync("mkfifo", [file]);
    expect(lines).toThrow("that is no file");
  });
});

describe("AppendLog", () => {
  it("replaces a file by a log for its owner only", () => {
    writeFileSync(file, "old", { mode: 0o644 });
    const log = AppendLog.replace(file, ["a", "b"]);
    log.append("c");
    log.close();
    expect(readFileSync(file, "utf8")).toBe("a\nb\nc\n");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["log"]);
  });

  it("keeps the old file when the lines of the new one fail", () => {
    writeFileSync(file, "old");
    function* broken() {
      yield "a";
      throw new Error("no more");
    }
    expect(() => AppendLog.replace(file, broken())).toThrow("no more");
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["log"]);
  });

  it("does not follow a symbolic link in the place of its draft", () => {
    const target = join(folder, "target");
    writeFileSync(target, "mine");
    symlinkSync(target, `${file}.new`);
    AppendLog.replace(file, ["a"]).close();
    expect(readFileSync(target, "utf8")).toBe("mine");
    expect(readFileSync(file, "utf8")).toBe("a\n");
  });

  it("cuts off what stands behind the given size", () => {
    writeFileSync(file, "a\ntor");
    const log = AppendLog.open(file, 2);
    expect(readFileSync(file, "utf8")).toBe("a\n");
    log.append("b");
    log.sync();
    log.close();
    expect(texts()).toEqual(["a", "b"]);
  });

  it("refuses to open a missing file, a folder, a symbolic link, a FIFO and a device", () => {
    expect(() => AppendLog.open(file, 0)).toThrow("it does not exist any more");
    mkdirSync(file);
    expect(() => AppendLog.open(file, 0)).toThrow("that is no file");
    rmSync(file, { recursive: true });
    writeFileSync(join(folder, "target"), "mine");
    symlinkSync("target", file);
    expect(() => AppendLog.open(file, 0)).toThrow("that is no file");
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("mine");
    rmSync(file);
    execFileSync("mkfifo", [file]);
    expect(() => AppendLog.open(file, 0)).toThrow("that is no file");
    expect(() => AppendLog.open("/dev/null", 0)).toThrow("that is no file");
  });

  it("appends nothing once it is closed", () => {
    const log = AppendLog.replace(file, []);
    log.close();
    log.close();
    expect(() => log.append("a")).toThrow("it is not open");
    expect(readFileSync(file, "utf8")).toBe("");
  });

  it("loses no line that it has acknowledged when its process is killed", { timeout: 60_000 }, async () => {
    let acknowledged = 0;
    for (const most of [1, 50, 500]) {
      const child = spawn(process.execPath, ["--import", "tsx", program, file], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = once(child, "close");
      let seen = 0;
      for await (const line of createInterface(child.stdout)) {
        expect(Number(line)).toBe(acknowledged + 1);
        acknowledged = Number(line);
        if (++seen === most) {
          child.kill("SIGKILL");
          break;
        }
      }
      expect((await ended)[1]).toBe("SIGKILL");
      const whole = lines().filter(({ isWhole }) => isWhole);
      expect(whole.length).toBeGreaterThan(acknowledged);
      expect(whole.map(({ text }) => text?.split(" ")[0])).toEqual([
        "header",
        ...whole.slice(1).map((_, at) => `${at + 1}`),
      ]);
      acknowledged = whole.length - 1;
      // As a power cut may leave it.
      appendFileSync(file, "\0\0\0");
    }
  });
});

describe("canonicalPath", () => {
  it("gives the same path for all names of a file", () => {
    writeFileSync(file, "");
    symlinkSync(folder, join(folder, "loop"));
    symlinkSync("log", join(folder, "other"));
    expect(canonicalPath(join(folder, "loop", "other"))).toBe(canonicalPath(file));
    rmSync(file);
    expect(canonicalPath(join(folder, "loop", "log"))).toBe(canonicalPath(file));
  });

  it("refuses a missing folder and a link that leads nowhere", () => {
    expect(() => canonicalPath(join(folder, "nowhere", "log"))).toThrow(
      `there is no folder ${join(folder, "nowhere")}`,
    );
    symlinkSync("nothing", file);
    expect(() => canonicalPath(file)).toThrow("it is a link to a file that does not exist");
    expect(existsSync(join(folder, "nothing"))).toBe(false);
  });
});
