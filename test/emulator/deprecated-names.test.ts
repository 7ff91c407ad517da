import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readSeed } from "../../src/emulator/cli/seed-file.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { action, CODE, phoneNumber, start, userId } from "../support/emulator/emulator.ts";

/** A pending enrollment as versions wrote it in which the field was spelled with one l. */
const challenge = {
  challengeId: "challenge-1",
  userId,
  action,
  idempotencyKey: "key-1",
  verificationMethod: "SMS",
  phoneNumber,
  code: CODE,
  key: "link-1",
  createdAt: "2026-01-01T00:00:00.000Z",
  expiresAt: "2999-01-01T00:00:00.000Z",
  isEnrolment: true,
};
const { isEnrolment: _, ...rest } = challenge;
const renamed = { ...rest, isEnrollment: true };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "deprecated-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("reads isEnrolment of a seed as isEnrollment, and exports the new name only", async () => {
  const { emulator, authsignal } = start({ seed: { challenges: [challenge] } });
  expect(emulator.export().challenges).toEqual([renamed]);
  expect(await authsignal.getChallenge({ challengeId: challenge.challengeId })).toEqual({});
});

it("reads isEnrolment: false as not being an enrollment", async () => {
  const { emulator, authsignal } = start({ seed: { challenges: [{ ...challenge, isEnrolment: false }] } });
  expect(emulator.export().challenges).toEqual([{ ...renamed, isEnrollment: false }]);
  expect(await authsignal.getChallenge({ challengeId: challenge.challengeId })).toMatchObject({ phoneNumber });
});

it("prefers isEnrollment where a seed has both names", () => {
  const { emulator } = start({ seed: { challenges: [{ ...challenge, isEnrollment: false }] } });
  expect(emulator.export().challenges).toEqual([{ ...renamed, isEnrollment: false }]);
});

it("accepts isEnrolment in a seed file of the command line", async () => {
  const file = join(folder, "seed.json");
  writeFileSync(file, JSON.stringify({ challenges: [challenge] }));
  expect(await readSeed(file)).toEqual({ challenges: [challenge] });
});

it("reads isEnrolment of a data file, and rewrites the file with the new name", async () => {
  const dataFile = join(folder, "data");
  const change = ["challenges", challenge.challengeId, challenge];
  writeFileSync(dataFile, `{"authsignal-emulator":1}\n${JSON.stringify(["sk_emulator_default", [change]])}\n`);
  const emulator = createEmulator({ dataFile });
  expect(emulator.export().challenges).toEqual([renamed]);
  await emulator.close();
  expect(readFileSync(dataFile, "utf8")).not.toContain("isEnrolment");
});
