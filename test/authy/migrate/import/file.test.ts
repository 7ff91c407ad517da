import { describe, expect, it } from "vitest";
import { rowsOfCsv } from "../../../../src/authy/migrate/import/csv.ts";
import { migrateAuthyUsers } from "../../../../src/authy/migrate/import/migrate.ts";
import type { MigratedRow, MigrationOptions } from "../../../../src/authy/migrate/import/types.ts";
import { csv, HEADER, place } from "../../../support/authy/import.ts";

/** What a dry run tells of a file. It must send nothing. */
async function checked(content: string | Uint8Array, options: Partial<MigrationOptions> = {}) {
  await using here = await place(content);
  const { report, rows } = await here.migrate({ apply: false, ...options });
  expect(here.sent).toEqual([]);
  expect(report.applied).toBe(false);
  expect(
    report.enrolled + report.alreadyEnrolled + report.unverified + report.duplicates + report.skipped + report.failed,
  ).toBe(report.read - report.remaining);
  expect(rows).toHaveLength(report.read);
  return { report, rows: [...rows].sort((one, other) => one.line - other.line) };
}

async function problemOf(content: string | Uint8Array, options: object = {}): Promise<string> {
  await using here = await place(content);
  const error: unknown = await here.migrate(options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: "MigrationError" });
  expect(here.sent).toEqual([]);
  return String(Object(error).message).replaceAll(here.file, "FILE");
}

const fates = (rows: MigratedRow[]) => rows.map(({ line, userId, outcome, reason }) => [line, userId, outcome, reason]);

describe("a CSV", () => {
  it("is read with a mark at its start, CRLF, quotes, empty lines and any order and spelling of columns", async () => {
    const text =
      '\ufeffConfirmed,"User ID",extra,CountryCode,E-mail,cellphone\r\n' +
      'true,"a, ""b""",x,1,a@example.com,415-555-0137\r\n\r\n,,,,,\r\nno,00123,"y\r\nz",57,b@example.com,"300 123 4567"\r\n';
    const { report, rows } = await checked(text);
    expect(report).toMatchObject({ read: 2, enrolled: 1, unverified: 1, notes: {} });
    expect(fates(rows)).toEqual([
      [2, 'a, "b"', "enrolled", undefined],
      [6, "00123", "unverified", undefined],
    ]);
  });

  it.each([
    ["semicolons", ";"],
    ["tabs", "\t"],
  ])("may be separated by %s", async (_name, delimiter) => {
    const text = csv("a,1,a@example.com,1,4155550137,true").replaceAll(",", delimiter);
    expect((await checked(text)).report).toMatchObject({ read: 1, enrolled: 1 });
  });

  it("may hold whole numbers only, with or without the plus that a spreadsheet takes away", async () => {
    const text = "userId,e164,confirmed\na,+573001234567,1\nb,573001234568,1\nc,'+573001234569,1\nd,0300,1\n";
    const { rows } = await checked(text);
    expect(rows.map(({ outcome }) => outcome)).toEqual(["enrolled", "enrolled", "enrolled", "skipped"]);
  });

  it("may not be larger than the longest text of a runtime", async () => {
    const piece = "x".repeat(40_000_000);
    const pieces = async function* () {
      for (let at = 0; at < 11; at++) yield piece;
    };
    await expect(rowsOfCsv(pieces(), false).next()).rejects.toMatchObject({
      name: "MigrationError",
      message: "The file has more than 400000000 characters. Split it, or write it as JSON with one object a line",
    });
  });

  it.each<[problem: string, text: string | Uint8Array, words: string | RegExp]>([
    ["is empty", "", "The file is empty: its first line must name the columns"],
    [
      "lacks columns",
      "id,country_code\n1,1\n",
      "The file cannot be used: its first line must name the columns, and has no user_id (your own id of the user) and no phone number (cellphone with country_code, or e164) and no confirmed (true or false)",
    ],
    [
      "names a column twice",
      "user_id,userId,e164,confirmed\n",
      "The file cannot be used: the columns user_id and userId mean the same. Remove one",
    ],
    ["has a stray quote", csv('a,1,,1,4155"550137,true'), /^The file is no CSV: (?!.*4155).*at line 2$/],
    ["has an open quote", csv('a,"1,a@example.com,1,4155550137,true'), /^The file is no CSV: .*[Qq]uote.*line 2/],
    ["is not UTF-8", Buffer.from(csv("josé,1,,1,4155550137,true"), "latin1"), /^Cannot read FILE: it is not UTF-8/],
    [
      "is UTF-16",
      Buffer.from(`\ufeff${csv("a,1,,1,4155550137,true")}`, "utf16le"),
      /^Cannot read FILE: it is not UTF-8/,
    ],
  ])("is refused when it %s, and nothing is sent", async (_problem, text, words) => {
    expect(await problemOf(text)).toMatch(words);
  });

  const SWALLOWED = "goes over several lines that look like rows: is a quote missing? If not, remove the column";

  it.each([
    ["a known column", 1, "email", "goes over several lines: is a quote missing?"],
    ["an unknown column", 1, "note", SWALLOWED],
    ["the first column", 0, "note", SWALLOWED],
    ["the last column", 4, "note", SWALLOWED],
    ["a column without a name", 4, undefined, SWALLOWED],
  ])("is refused when stray quotes make rows part of a cell of %s", async (_where, at, name, words) => {
    const row = (id: string, extra?: string) =>
      [id, "1", "4155550137", "true"].toSpliced(at, 0, ...(extra === undefined ? [] : [extra])).join(",");
    const header = "user_id,country_code,cellphone,confirmed".split(",").toSpliced(at, 0, ...(name ? [name] : []));
    const between = [header.join(","), row("x", "x"), row("y", '"y@x.com'), row("z", 'z@x.com"'), row("v", "v"), ""];
    const problem = `The file cannot be used: cell ${at + 1} of the row that ends on line 4 ${words}`;
    expect(await problemOf(between.join("\n"))).toBe(problem);
    expect(await problemOf(between.toSpliced(3, 0, row("w", "w")).join("\r\n"))).toBe(problem.replace("4", "5"));
  });

  it.each([
    ["+14155550101,4155550101,1", "enrolled"],
    ["+14155550101,(415) 555-0101,", "enrolled"],
    ["+14155550101,XXX-XXX-0199,1", "enrolled"],
    ["+14155550101,4155550199,1", "skipped"],
    ["+14155550101,415555019,1", "skipped"],
    ["+14155550101,4155550101,44", "skipped"],
  ])("is checked for whether e164 and cellphone say the same: %s", async (numbers, outcome) => {
    const { rows } = await checked(`user_id,confirmed,e164,cellphone,country_code\na,true,${numbers}\n`);
    const reason = outcome === "skipped" ? "phone_number_invalid" : undefined;
    expect(rows).toMatchObject([{ outcome, reason }]);
  });

  it.each([
    ["46,4670123456", ["may_hold_country_code"]],
    ["39,3931234567", ["may_hold_country_code"]],
    ["39,3401234567", []],
    ["46,+46701234567", []],
    ["46,0046701234567", []],
    ["46,0701234567", []],
    ["1,14155550101", []],
    ["34,346123456", []],
  ])("notes a number that may hold its country code: %s", async (number, notes) => {
    const { rows } = await checked(`user_id,confirmed,country_code,cellphone\na,true,${number}\n`);
    expect(rows).toMatchObject([{ outcome: "enrolled", notes }]);
  });

  it("notes a whole number without a plus sign unless a country code says how it begins", async () => {
    const text = "user_id,confirmed,country_code,e164\na,1,,9175550137\nb,1,1,14155550101\nc,1,,+14155550102\n";
    const { rows } = await checked(text);
    expect(rows.map(({ notes }) => notes)).toEqual([["plus_sign_added"], [], []]);
  });

  it("may begin with a line that tells a spreadsheet what stands between the cells", async () => {
    const { rows } = await checked(`sep=;\r\n${csv("a,1,,1,4155550137,true").replaceAll(",", ";")}`);
    expect(rows).toMatchObject([{ line: 3, userId: "a", outcome: "enrolled" }]);
  });

  it.each(['[{"user_id":"a"}]', '\n {"user_id":"a"}'])("is refused when it is JSON: %j", async (text) => {
    expect(await problemOf(text)).toMatch(/^The file looks like JSON\. .*--format jsonl/);
  });

  it("does without the column confirmed when all are assumed to be", async () => {
    const { report } = await checked("user_id,e164\na,+573001234567\n", { assumeConfirmed: true });
    expect(report).toMatchObject({ enrolled: 1, notes: { assumed_confirmed: 1 } });
  });

  it("is named when it is not there", async () => {
    expect(await problemOf("", { file: "/nowhere/users.csv" })).toBe(
      "Cannot read /nowhere/users.csv: there is no such file",
    );
  });
});

describe("JSON lines", () => {
  it("are read with numbers and booleans, and broken lines are skipped", async () => {
    const text = [
      '{"user_id":"a","authy_id":40213377,"country_code":1,"cellphone":4155550137,"confirmed":true,"email":null}',
      '{"userId":7,"e164":"+573001234567","confirmed":false,"devices":["ios"]}',
      '{"userId":12345678901234567890,"e164":"+573001234567","confirmed":true}',
      '{"userId":"b","user_id":"c","e164":"+573001234567","confirmed":true}',
      "[]",
      "",
      '{"userId":"d"',
    ].join("\r\n");
    const { report, rows } = await checked(text, { format: "jsonl" });
    expect(report).toMatchObject({ read: 6, enrolled: 1, unverified: 1, skippedBy: { unreadable_row: 4 } });
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 7]);
    expect(rows[2]?.explanation).toMatch(/write it as text/);
  });
});

describe("a JSON object", () => {
  const objectWith = (more: object) => JSON.stringify({ user_id: "a", e164: "+573001234567", ...more });

  it.each([{}, { confirmed: null }])("must tell whether the user is confirmed: %j", async (more) => {
    const { rows } = await checked(objectWith(more), { format: "jsonl" });
    expect(rows).toMatchObject([{ reason: "unclear_value", explanation: "confirmed is missing" }]);
  });

  it("need not do so when all are assumed to be", async () => {
    const { report } = await checked(objectWith({}), { format: "jsonl", assumeConfirmed: true });
    expect(report).toMatchObject({ enrolled: 1 });
  });
});

describe("a row", () => {
  it.each<[row: string, reason: string, words: RegExp]>([
    [",1,,1,4155550137,true", "user_id_missing", /missing/],
    ["..,1,,1,4155550137,true", "user_id_invalid", /address/],
    ["a\u0007b,1,,1,4155550137,true", "user_id_invalid", /cannot be seen/],
    ["a\u200bb,1,,1,4155550137,true", "user_id_invalid", /cannot be seen/],
    ["1.23457E+15,1,,1,4155550137,true", "spreadsheet_number", /as text/],
    ["17.0,1,,1,4155550137,true", "spreadsheet_number", /as text/],
    ["a,1,,1,,true", "phone_number_missing", /missing/],
    ["a,1,,,4155550137,true", "phone_number_invalid", /country code is missing/],
    ["a,1,,1,12,true", "phone_number_invalid", /can look like this/],
    ["a,1,,1,4.15555E+09,true", "spreadsheet_number", /as text/],
    ['a,1,,57,"3,00123E+09",true', "spreadsheet_number", /as text/],
    ["a,1,,1,4155550137,maybe", "unclear_value", /confirmed must be true or false/],
    ["a,1,,1,4155550137", "unreadable_row", /5 cells, and the header 6/],
    ["a,1,,1,4155550137,true,x", "unreadable_row", /7 cells, and the header 6/],
  ])("is skipped when it is %j", async (row, reason, words) => {
    const { report, rows } = await checked(csv(row));
    expect(report).toMatchObject({ read: 1, skipped: 1, skippedBy: { [reason]: 1 } });
    expect(rows[0]).toMatchObject({ line: 2, outcome: "skipped", reason });
    expect(rows[0]?.explanation).toMatch(words);
    expect(JSON.stringify(rows)).not.toMatch(/415555|00123/);
  });

  it.each(["a,1,a@example.com,1,4155550137,true", "4155550137;a"])(
    "that cannot be read, as %j, gives nothing away",
    async (row) => {
      const text = `${HEADER.replaceAll(",", ";")}\n${row}\n`;
      expect((await checked(text)).rows).toMatchObject([{ line: 2, userId: undefined, reason: "unreadable_row" }]);
    },
  );

  it("is skipped when the account is disabled, and noted for what cannot be moved", async () => {
    const text = [
      `${HEADER},registered,account_disabled,has_hard_token,locale`,
      "a,1,a@example.com,1,4155550101,true,false,true,false,en",
      "b,x,no address,1,4155550102,yes,true,,1,pt_BR",
      "c,1,c@example.com,1,4155550103,t,0,0,0,not a locale",
    ].join("\n");
    const { rows } = await checked(text);
    expect(rows.map(({ outcome, reason, notes }) => [outcome, reason, notes])).toEqual([
      ["skipped", "account_disabled", []],
      ["enrolled", undefined, ["hard_token", "authy_app", "email_ignored", "authy_id_ignored"]],
      ["enrolled", undefined, ["locale_ignored"]],
    ]);
  });

  it("is read as it was before a spreadsheet changed it", async () => {
    const rows = [
      "a,40213377.0,,1.0,4155550101.0,1.0",
      " b ,'2,,'1,'4155550102,TRUE",
      '"=""0012""",3,,1,\u202a4155550103\u202c,Yes',
    ];
    const { report, rows: told } = await checked(csv(...rows));
    expect(report).toMatchObject({ read: 3, enrolled: 3, notes: {} });
    expect(told.map(({ userId }) => userId)).toEqual(["a", "b", "0012"]);
  });
});

describe("several rows", () => {
  it("of one user count once: the confirmed one, else the last one", async () => {
    const { report, rows } = await checked(
      csv(
        "same,,,1,4155550101,true",
        "same,,,1,415-555-0101,true",
        "one,31,,1,4155550102,false",
        "one,32,,1,4155550103,true",
        "one,33,,1,4155550104,false",
        "late,,,1,4155550105,true",
        "late,22,,1,4155550105,true",
        "none,,,1,4155550106,false",
        "none,42,,1,4155550107,false",
      ),
    );
    expect(report).toMatchObject({ read: 9, enrolled: 3, unverified: 1, duplicates: 5 });
    expect(rows.filter(({ outcome }) => outcome !== "duplicate").map(({ line }) => line)).toEqual([2, 5, 8, 10]);
    expect(rows[1]?.explanation).toBe("line 2 counts for this user");
  });

  it("of one user that are confirmed for different numbers are skipped", async () => {
    const rows = ["a,,,1,4155550101,true", "a,,,1,4155550102,true", "a,,,1,4155550103,false"];
    const { report, rows: told } = await checked(csv(...rows));
    expect(report).toMatchObject({ read: 3, skipped: 3, skippedBy: { conflicting_numbers: 3 } });
    expect(told[0]?.explanation).toBe("the user has rows with different numbers, on lines 2, 3, 4");
    const assumed = csv("b,,,1,4155550101,false", "b,,,1,4155550102,false");
    expect((await checked(assumed, { assumeConfirmed: true })).report).toMatchObject({ skipped: 2 });
  });

  it("of one Authy id with different numbers are skipped with all rows of these users: one is out of date", async () => {
    const { report, rows } = await checked(
      csv(
        "a,7,,1,4155550101,true",
        "b,8,,1,4155550102,true",
        "c,7,,1,4155550103,false",
        "d,9,,1,4155550104,true",
        "a,10,,1,4155550101,true",
        "e,9,,1,415-555-0104,true",
        "f,0,,1,4155550105,true",
        "g,0,,1,4155550106,true",
      ),
    );
    expect(report).toMatchObject({ read: 8, enrolled: 5, skipped: 3, skippedBy: { conflicting_numbers: 3 } });
    expect(rows.filter(({ outcome }) => outcome === "skipped").map(({ line }) => line)).toEqual([2, 4, 6]);
    expect(rows[0]?.explanation).toBe("the Authy id has different numbers, on lines 2, 4: one is out of date");
  });

  it("of several users with one number are enrolled each, and noted", async () => {
    const { report } = await checked(
      csv("a,,,1,4155550101,true", "b,,,1,(415) 555 0101,true", "c,,,1,4155550102,true"),
    );
    expect(report).toMatchObject({ enrolled: 3, notes: { shared_number: 2 } });
  });
});

describe("an option", () => {
  it.each<[options: object, words: string]>([
    [{ file: "" }, "file must be the path of the export"],
    [{ authsignal: undefined }, "authsignal is needed to apply the migration"],
    [{ authsignal: { apiSecretKey: "x" } }, "authsignal must be a client made with new Authsignal()"],
    [{ apply: "yes" }, "apply must be true or false"],
    [{ assumeConfirmed: "false" }, "assumeConfirmed must be true or false"],
    [{ concurrency: 65 }, "concurrency must be a whole number from 1 to 64"],
    [{ settleTime: -1 }, "settleTime must be from 0 to 600000 ms"],
    [{ journal: true }, "journal must be the path of a file"],
    [{ onRow: [] }, "onRow must be a function"],
    [{ onProgress: "bar" }, "onProgress must be a function"],
    [{ signal: {} }, "signal must be an AbortSignal"],
  ])("is refused: %j", async (options, words) => {
    expect(await problemOf(csv(), options)).toBe(words);
  });

  it.each([undefined, null, "users.csv"])("must be in an object, not in %j", async (options) => {
    await expect(Reflect.apply(migrateAuthyUsers, undefined, [options])).rejects.toThrow(
      "the options must be an object",
    );
  });
});
