import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import type { Seed } from "../../../src/emulator/index.ts";
import { Authsignal, AuthsignalError } from "../../../src/index.ts";
import { action, CODE } from "../../support/emulator/emulator.ts";

const program = join(import.meta.dirname, "../../support/emulator/kill-program.ts");
const WRITERS = 24;

/** What was asked for and what was acknowledged, over all lives of the server. */
class Ledger {
  /** Whose the actions are, by their keys. */
  readonly tracked = { asked: new Map<string, string>(), acknowledged: new Set<string>() };
  /** The newest name of each user. */
  readonly named = { asked: new Map<string, number>(), acknowledged: new Map<string, number>() };
  readonly enrolled = new Set<string>();
  readonly deleted = new Set<string>();
  readonly sent = new Set<string>();
  readonly verified = new Set<string>();
  /** The tokens of those who have confirmed something. */
  readonly tokens: string[] = [];
  /** Every id that was given out. */
  readonly ids: string[] = [];
  count = 0;
}

let folder: string;
let dataFile: string;
let server: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kill-"));
  dataFile = join(folder, "data");
});
afterEach(async () => {
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Starts a server on the data file. */
async function start(): Promise<{ child: ChildProcess; authsignal: Authsignal }> {
  const child = spawn(process.execPath, ["--import", "tsx", program, dataFile], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  server = child;
  if (!child.stdout) throw new Error("The program has no output");
  const [apiUrl] = await once(createInterface(child.stdout), "line");
  return { child, authsignal: new Authsignal({ apiSecretKey: "sk_emulator_default", apiUrl, retries: 0 }) };
}

/** Makes calls until the server is killed, and records what was acknowledged. */
async function write(authsignal: Authsignal, ledger: Ledger, writer: number, acknowledge: () => void): Promise<void> {
  const { tracked, named, enrolled, deleted, sent, verified, tokens, ids } = ledger;
  const userId = `usr_${writer}`;
  const phoneNumber = `+6427${String(writer).padStart(6, "0")}`;
  const steps = [
    async () => {
      const name = (named.asked.get(userId) ?? 0) + 1;
      named.asked.set(userId, name);
      await authsignal.updateUser({ userId, attributes: { displayName: `${name}` } });
      named.acknowledged.set(userId, name);
    },
    async () => {
      const idempotencyKey = randomUUID();
      tracked.asked.set(idempotencyKey, userId);
      const { token } = await authsignal.track({ userId, action, attributes: { idempotencyKey } });
      tracked.acknowledged.add(idempotencyKey);
      ids.push(token);
    },
    async () => {
      const attributes = {
        verificationMethod: "PASSKEY",
        credentialId: randomUUID(),
        credentialPublicKey: "a",
      } as const;
      const { authenticator } = await authsignal.enrollVerifiedAuthenticator({ userId, attributes });
      const { userAuthenticatorId } = authenticator;
      enrolled.add(userAuthenticatorId);
      ids.push(userAuthenticatorId);
      acknowledge();
      if (ledger.count % 2 === 0) return;
      enrolled.delete(userAuthenticatorId);
      await authsignal.deleteAuthenticator({ userId, userAuthenticatorId });
      deleted.add(userAuthenticatorId);
    },
    async () => {
      const { challengeId } = await authsignal.challenge({ verificationMethod: "SMS", action, phoneNumber });
      sent.add(challengeId);
      ids.push(challengeId);
      acknowledge();
      await authsignal.verify({ challengeId, verificationCode: CODE });
      verified.add(challengeId);
      acknowledge();
      const { token } = await authsignal.claimChallenge({ challengeId, userId: challengeId });
      if (token !== undefined) tokens.push(token);
    },
  ];
  try {
    for (let step = writer; ; step += 1) {
      await steps[step % steps.length]?.();
      acknowledge();
    }
  } catch (error) {
    if (!(error instanceof AuthsignalError) || error.errorCode !== "network_error") throw error;
  }
}

/** Lets all write at once, and kills the server as soon as it has acknowledged enough. */
async function writeUntilKilled(ledger: Ledger, most: number): Promise<void> {
  const { child, authsignal } = await start();
  const ended = once(child, "exit");
  const before = ledger.count;
  const acknowledge = () => {
    ledger.count += 1;
    if (ledger.count - before === most) child.kill("SIGKILL");
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(authsignal, ledger, writer, acknowledge)));
  expect(await ended).toEqual([null, "SIGKILL"]);
}

/** Fails when the file is torn anywhere but in its last line, in which it may be. */
function expectWhole(): void {
  const lines = readFileSync(dataFile, "utf8").split("\n");
  for (const line of lines.slice(0, -1)) expect(() => JSON.parse(line)).not.toThrow();
}

function expectKept(
  { users = [], actions = [], authenticators = [], challenges = [], messages = [] }: Seed,
  ledger: Ledger,
) {
  for (const [userId, name] of ledger.named.acknowledged) {
    const kept = Number(users.find((user) => user.userId === userId)?.displayName);
    expect(kept).toBeGreaterThanOrEqual(name);
    expect(kept).toBeLessThanOrEqual(ledger.named.asked.get(userId) ?? 0);
  }
  const { asked } = ledger.tracked;
  const keys = actions
    .filter(({ actionCode }) => actionCode === action)
    .map(({ idempotencyKey = "" }) => idempotencyKey);
  const claimed = challenges.map(({ idempotencyKey }) => idempotencyKey);
  expect([...asked.keys()].filter((key) => keys.filter((one) => one === key).length !== 1)).toEqual([]);
  expect(keys.filter((key) => !asked.has(key) && !claimed.includes(key))).toEqual([]);
  const authenticatorIds = authenticators.map(({ userAuthenticatorId = "" }) => userAuthenticatorId);
  expect([...ledger.enrolled].filter((id) => !authenticatorIds.includes(id))).toEqual([]);
  expect(authenticatorIds.filter((id) => ledger.deleted.has(id))).toEqual([]);
  const sent = new Set(messages.map(({ challengeId }) => challengeId));
  expect([...ledger.sent].filter((id) => !sent.has(id))).toEqual([]);
  const verified = challenges
    .filter(({ verifiedAt }) => verifiedAt !== undefined)
    .map(({ challengeId }) => challengeId);
  expect([...ledger.verified].filter((id) => !verified.includes(id))).toEqual([]);
  const stored = [
    ...actions.map(({ actionId }) => actionId),
    ...challenges.flatMap(({ challengeId, key }) => [challengeId, key]),
    ...messages.map(({ messageId }) => messageId),
    ...authenticatorIds,
  ];
  expect(new Set(stored).size).toBe(stored.length);
  expect(new Set(ledger.ids).size).toBe(ledger.ids.length);
}

it("a server that is killed again and again while many write loses nothing that it has acknowledged", async () => {
  const ledger = new Ledger();
  for (const most of [1, 20, 150, 400, 400]) {
    await writeUntilKilled(ledger, most);
    expectWhole();
  }
  const { child, authsignal } = await start();
  const ended = once(child, "exit");
  const unsure = [...ledger.tracked.asked].filter(([key]) => !ledger.tracked.acknowledged.has(key));
  expect(unsure.length).toBeGreaterThan(0);
  const track = ([idempotencyKey, userId]: [string, string]) =>
    authsignal.track({ userId, action, attributes: { idempotencyKey } });
  await Promise.all([...unsure, ...unsure].map(track));
  for (const token of ledger.tokens.slice(-20)) {
    expect(await authsignal.validateChallenge({ token })).toMatchObject({ isValid: true });
  }
  child.kill("SIGKILL");
  await ended;
  await using emulator = createEmulator({ dataFile });
  expectKept(emulator.export(), ledger);
});
