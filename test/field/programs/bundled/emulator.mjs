// A program with the emulator.
import { Authsignal } from "authsignal-ts";
import { startEmulator } from "authsignal-ts/emulator";
import { report } from "../calls.mjs";

async function main() {
  const emulator = await startEmulator({ defaultOutcome: "BLOCK" });
  const { apiSecretKey, apiUrl } = emulator;
  const tracked = await new Authsignal({ apiSecretKey, apiUrl }).track({ userId: "ann", action: "withdraw" });
  await emulator.close();
  report({ tracked });
}
main();
