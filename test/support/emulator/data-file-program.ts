/**
 * Writes to a data file until it is killed, and prints the id of each user as soon as its response came. The modes:
 * - `many`: makes many calls at once
 * - `reopen`: opens the file again for each call
 * - `fill`: makes large writes until one fails, then a small one, and prints the state of the emulator
 */
import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import { Authsignal } from "../../../src/index.ts";

const [dataFile = "", mode = ""] = process.argv.slice(2);

function clientOf({ apiSecretKey, apiUrl, fetch }: Emulator) {
  return new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 });
}

async function write(authsignal: Authsignal, index: number): Promise<void> {
  const userId = randomUUID();
  if (index % 2 === 0) await authsignal.track({ userId, action: "withdraw" });
  else await authsignal.updateUser({ userId, attributes: { displayName: "Zoë 🎈" } });
  writeSync(1, `${userId}\n`);
}

async function fill(emulator: Emulator): Promise<void> {
  const authsignal = clientOf(emulator);
  const add = (userId: string, length: number) =>
    authsignal.updateUser({ userId, attributes: { displayName: "x".repeat(length) } });
  let count = 0;
  let problem: unknown;
  while (problem === undefined) {
    await add(`usr_${count}`, 10_000).catch((error: unknown) => {
      problem = error;
    });
    count += 1;
  }
  await add("usr_small", 1);
  writeSync(1, JSON.stringify({ problem: String(problem), refused: `usr_${count - 1}`, state: emulator.export() }));
}

for (let round = 0; mode !== "fill"; round += 1) {
  await using emulator = createEmulator({ dataFile });
  const authsignal = clientOf(emulator);
  if (mode === "reopen") await write(authsignal, round);
  while (mode === "many") await Promise.all(Array.from({ length: 25 }, (_, index) => write(authsignal, index)));
}

await using emulator = createEmulator({ dataFile });
console.error = () => {};
await fill(emulator);
