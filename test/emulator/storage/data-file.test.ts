import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { openDataFile } from "../../../src/emulator/storage/data-file.ts";
import { settingsOf } from "../../../src/emulator/tenant/settings.ts";
import { Tenants } from "../../../src/emulator/tenant/tenants.ts";
import { Authsignal, CallConnect } from "../../../src/index.ts";

const HEADER = '{"authsignal-emulator":1}\n';
const KEY = "sk_emulator_default";
const OTHER = "sk_emulator_other";
const userId = "usr_1";
const phoneNumber = "+64270000000";
const action = "withdraw";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dataFile-"));
  file = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(options: EmulatorOptions = {}): Emulator {
  return createEmulator({ dataFile: file, fetch: () => new Response(), ...options });
}

function clientOf({ apiUrl, fetch }: Emulator, apiSecretKey = KEY) {
  return new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 });
}

/** What the tenants hold that a file keeps. */
async function stored(keys: readonly string[] = [KEY]) {
  await using emulator = open();
  return keys.map((key) => emulator.tenant(key).export());
}

const read = () => readFileSync(file, "utf8");
const line = (...changes: unknown[]) => `${JSON.stringify([KEY, changes])}\n`;
const user = (id: string) => ["users", id, { userId: id, emailVerified: false, phoneNumberVerified: false }];

/** Fills all tables of a tenant. */
async function live(emulator: Emulator, key: string) {
  const tenant = emulator.tenant(key);
  const authsignal = clientOf(emulator, key);
  const configurations = [{ verificationMethod: "SMS" }, { verificationMethod: "PASSKEY", isActive: false }];
  tenant.import({ configurations, users: [{ userId, custom: { isGolden: true } }] });
  tenant.webhooks.configure({ url: "http://app.localhost/webhooks", secondKey: "sk_emulator_second" });
  tenant.clock.advance("90m");
  await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
  tenant.rules.add({ action: "deposit", where: { custom: { isLarge: true } }, outcome: "BLOCK", output: { level: 3 } });
  tenant.rules.add({ name: "a rule with a function", outcome: "REVIEW", when: () => false });
  tenant.rules.set(action, "CHALLENGE");
  tenant.rules.next({ action: "later", outcome: "REVIEW" });
  const { url } = await authsignal.track({
    userId,
    action,
    attributes: { deviceId: "device_1", redirectUrl: "http://localhost/" },
  });
  const visit = await emulator.visit(url);
  await visit.choose("SMS");
  const { token } = await visit.enter("123456");
  const session = await authsignal.createSession({ token, clientId: "app" });
  const callConnect = new CallConnect({
    apiSecretKey: tenant.callConnectSecretKey,
    apiUrl: emulator.origin,
    fetch: emulator.fetch,
  });
  await callConnect.startCall({ referenceId: "call_1", phoneNumber });
  await tenant.webhooks.settle();
  return session;
}

describe("a data file", () => {
  it("keeps everything of every tenant", async () => {
    const first = open();
    const session = await live(first, KEY);
    await live(first, OTHER);
    first.tenant(OTHER).clock.freeze("2021-01-15T03:04:05.000Z");
    const before = [KEY, OTHER].map((key) => first.tenant(key).export());
    await first.close();

    for (const [name, held] of Object.entries(before[0] ?? {})) expect(held, name).not.toEqual([]);
    expect(before[0]).toMatchObject({ clock: { offset: expect.any(Number) }, signingKey: expect.any(String) });
    expect(before[0]?.rules).toContainEqual(
      expect.objectContaining({ name: "a rule with a function", hasFunction: true }),
    );

    const second = open();
    expect([KEY, OTHER].map((key) => second.tenant(key).export())).toEqual(before);
    const { user } = await clientOf(second).validateSession({ accessToken: session.accessToken });
    expect(user).toMatchObject({ userId, phoneNumber, custom: { isGolden: true } });
    await second.close();
    expect(await stored([KEY, OTHER])).toEqual(before);
  });

  it("does not bring back deleted rows", async () => {
    const first = open();
    await live(first, KEY);
    await clientOf(first).deleteUser({ userId });
    first.outbox.clear();
    first.import({ ...first.export(), configurations: undefined, signingKey: undefined });
    const before = first.export();
    await first.close();
    expect(before).toMatchObject({ users: [], authenticators: [], sessions: [], messages: [] });
    expect(await stored()).toEqual([before]);
  });

  it("is compacted when it is opened, and is for its owner only", async () => {
    writeFileSync(file, "", { mode: 0o644 });
    const first = open();
    await live(first, OTHER);
    await live(first, KEY);
    for (let count = 0; count < 100; count += 1) first.rules.set(action, "BLOCK");
    const before = first.export();
    await first.close();
    const { size } = statSync(file);
    expect(await stored()).toEqual([before]);
    expect(statSync(file).size).toBeLessThan(size / 2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [header, ...lines] = read().trimEnd().split("\n");
    expect(`${header}\n`).toBe(HEADER);
    expect(lines.map((text) => JSON.parse(text)[0])).toEqual([OTHER, KEY]);
    expect(readdirSync(folder)).toEqual(["data"]);
  });

  it("may have long lines, and many", async () => {
    const emulator = open();
    const outcomes = Array.from({ length: 40_000 }, (_, index) => ({
      action: `zoë_${index}`,
      outcome: "BLOCK" as const,
    }));
    emulator.rules.next(...outcomes);
    for (const outcome of outcomes.slice(0, 3)) emulator.rules.next(outcome);
    const before = emulator.export();
    await emulator.close();
    expect(statSync(file).size).toBeGreaterThan(5_000_000);
    expect(await stored()).toEqual([before]);
  });

  it("survives an interrupted compaction", async () => {
    writeFileSync(file, HEADER + line(user("usr_1")));
    writeFileSync(`${file}.new`, HEADER.slice(0, 9));
    expect(await stored()).toMatchObject([{ users: [{ userId: "usr_1" }] }]);
    expect(readdirSync(folder)).toEqual(["data"]);
  });

  it("replaces the seed, unless it is new", async () => {
    const seed = { users: [{ userId: "usr_seed" }] };
    const first = open({ seed });
    expect(first.export().users).toMatchObject(seed.users);
    await clientOf(first).deleteUser({ userId: "usr_seed" });
    await first.close();
    await using second = open({ seed });
    expect(second.export().users).toEqual([]);
  });

  it("is written no more once it is closed", async () => {
    const emulator = open();
    emulator.rules.set(action, "BLOCK");
    await emulator.close();
    await emulator.close();
    expect(() => emulator.rules.set(action, "REVIEW")).toThrow(`Cannot keep data in ${file}: it is not open`);
    expect(emulator.rules.list()).toMatchObject([{ outcome: "BLOCK" }]);
    expect(await stored()).toMatchObject([{ rules: [{ outcome: "BLOCK" }] }]);
  });

  it("is followed through links", async () => {
    const link = join(folder, "link");
    writeFileSync(file, HEADER + line(user("usr_1")));
    symlinkSync(file, link);
    const emulator = createEmulator({ dataFile: link });
    expect(() => open()).toThrow(/has it open/);
    emulator.rules.set(action, "BLOCK");
    await emulator.close();
    expect(await stored()).toMatchObject([{ users: [{ userId: "usr_1" }], rules: [{ outcome: "BLOCK" }] }]);
  });
});

describe("the last line of a data file", () => {
  it("counts wholly or not at all, wherever it was cut", async () => {
    const emulator = open();
    const authsignal = clientOf(emulator);
    await authsignal.updateUser({ userId: "usr_0", attributes: { displayName: "Jo" } });
    const before = emulator.export();
    const { size } = statSync(file);
    await authsignal.track({ userId, action, attributes: { username: "Zoë 🎈", deviceId: "device_1" } });
    const after = emulator.export();
    await emulator.close();
    const whole = readFileSync(file);
    expect(whole.length).toBeGreaterThan(size + 300);
    for (let cut = size; cut <= whole.length; cut += 1) {
      writeFileSync(file, whole.subarray(0, cut));
      const reopened = open();
      expect(reopened.export(), `cut at ${cut}`).toEqual(cut === whole.length ? after : before);
      reopened.rules.set(action, "BLOCK");
      const now = reopened.export();
      await reopened.close();
      if (cut % 20 !== 0) continue;
      expect(await stored(), `cut at ${cut}`).toEqual([now]);
    }
  });

  it("may be the header", async () => {
    for (let cut = 0; cut <= HEADER.length; cut += 1) {
      writeFileSync(file, HEADER.slice(0, cut));
      expect(await stored()).toEqual([createEmulator().export()]);
      expect(read()).toBe(HEADER);
    }
  });

  it("is cut off when it is rubbish", async () => {
    for (const rubbish of ["\0\0\0\0", "\0\0\0\n", '["sk_emulator_default",[[\n', "\n", "\u{fffd}"]) {
      writeFileSync(file, HEADER + line(user("usr_1")) + rubbish);
      expect(await stored()).toMatchObject([{ users: [{ userId: "usr_1" }] }]);
      expect(read().split("\n")).toHaveLength(3);
    }
  });
});

describe("a data file that cannot be used", () => {
  const cases: [name: string, content: string, words: RegExp][] = [
    ["a broken line in the middle", `${HEADER}${line(user("a"))}["sk\n${line(user("b"))}`, /line 3 is broken/],
    ["two broken lines at the end", `${HEADER}${line(user("a"))}x\ny`, /line 3 is broken/],
    ["an empty line", `${HEADER}\n${line(user("a"))}`, /line 2 is broken/],
    ["something else in JSON", `${HEADER}{"users":[]}\n`, /line 2 is broken/],
    ["half a change", `${HEADER}${line(["users", "a"])}`, /line 2 is broken/],
    ["no header", line(user("a")), /it is not a data file of the emulator/],
    ["a note", "Buy milk", /it is there, but it is not a data file of the emulator/],
    ["one byte", "\0", /it is not a data file of the emulator/],
    [
      "a file of another version",
      `{"authsignal-emulator":2}\n${line(user("a"))}`,
      /by another version of the emulator/,
    ],
    [
      "a wrong row",
      `${HEADER}${line(["users", "a", { userId: 1 }])}`,
      /tenant [\da-f-]{36} cannot: users\[0\]\.userId must be/,
    ],
    ["an unknown table", `${HEADER}${line(["cats", "a", {}])}`, /tenant [\da-f-]{36} cannot: cats is not in the spec/],
    ["a dangerous table", `${HEADER}${line(["__proto__", "a", {}])}`, /cannot: __proto__ is not in the spec/],
    [
      "an authenticator that lacks something",
      HEADER + line(["authenticators", "a", { userId: "a", verificationMethod: "SMS" }]),
      /tenant [\da-f-]{36} cannot: authenticators\[0\]: phoneNumber is required for SMS/,
    ],
    ["a foreign key", `${HEADER}["sk_live_1",[]]\n`, /a tenant whose key is not one of the emulator's$/],
  ];

  it.each(cases)("because of %s says so, and is left as it is", (_name, content, words) => {
    writeFileSync(file, content);
    expect(() => open()).toThrow(words);
    expect(() => open()).toThrow(file);
    expect(() => open()).not.toThrow(/sk_/);
    expect(read()).toBe(content);
    expect(readdirSync(folder)).toEqual(["data"]);
  });

  it("because it is no file, or cannot be there, says so", () => {
    mkdirSync(file);
    expect(() => open()).toThrow(`Cannot keep data in ${file}: that is no file`);
    const lost = join(folder, "nowhere", "data");
    const words = `Cannot keep data in ${lost}: there is no folder ${join(folder, "nowhere")}`;
    expect(() => open({ dataFile: lost })).toThrow(words);
    writeFileSync(join(folder, "note"), "");
    const inFile = join(folder, "note", "data");
    expect(() => open({ dataFile: inFile })).toThrow(`Cannot keep data in ${inFile}: ENOTDIR`);
  });

  it("because its folder is read-only says so", () => {
    chmodSync(folder, 0o500);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(() => open()).toThrow(new RegExp(`Cannot keep data in ${file}: EACCES: permission denied`));
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(folder, 0o700);
    }
  });

  it("is restored once, and only into tenants that write to it", () => {
    const content = HEADER + line(user("usr_1"));
    writeFileSync(file, content);
    const options = { apiSecretKey: KEY, settings: settingsOf({}), origin: () => "", fetch };
    const elsewhere = openDataFile(file);
    expect(() => elsewhere.restore(new Tenants(options))).toThrow(`do not write what they do to ${file}`);
    expect(read()).toBe(content);

    const dataFile = openDataFile(file);
    const tenants = new Tenants({ ...options, commit: (key, changes) => dataFile.write(key, changes) });
    expect(dataFile.restore(tenants)).toBe(true);
    expect(() => dataFile.restore(tenants)).toThrow(`${file} is closed or has been restored before`);
    expect(tenants.default.state.users.size).toBe(1);
    dataFile.close();
  });
});

describe("the lock of a data file", () => {
  const lock = () => `${file}.lock`;

  it("lets one emulator have it at a time", async () => {
    const first = open();
    expect(() => open()).toThrow(
      `Cannot keep data in ${file}: process ${process.pid} has it open. End that one or, if it is no emulator, delete ${lock()}`,
    );
    await first.close();
    expect(existsSync(lock())).toBe(false);
    await open().close();
  });

  it("holds while its process runs", () => {
    writeFileSync(lock(), `${process.ppid} 0`);
    expect(() => open()).toThrow(`process ${process.ppid} has it open`);
    expect(readFileSync(lock(), "utf8")).toBe(`${process.ppid} 0`);
    expect(existsSync(file)).toBe(false);
  });

  it("is taken over when its process has ended or never existed", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    for (const owner of [`${pid} 0`, `${process.pid} 0`, "", "rubbish", "-1 0", "0"]) {
      writeFileSync(lock(), owner);
      utimesSync(lock(), 0, 0);
      const emulator = open();
      expect(JSON.parse(readFileSync(lock(), "utf8"))).toMatchObject({ pid: process.pid });
      await emulator.close();
      expect(readdirSync(folder)).toEqual(["data"]);
    }
  });
});
