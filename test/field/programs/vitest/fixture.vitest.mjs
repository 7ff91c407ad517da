import { Authsignal } from "authsignal-ts";
import { emulatorFixture } from "authsignal-ts/emulator";
import { settle, write } from "../calls.mjs";

const withEmulator = test.extend({ emulator: emulatorFixture({ defaultOutcome: "BLOCK" }) });

withEmulator("the emulator of a fixture", async ({ emulator }) => {
  const { apiSecretKey, apiUrl, fetch } = emulator;
  const client = new Authsignal({ apiSecretKey, apiUrl, fetch });
  write({ track: await settle(client.track({ userId: "ann", action: "withdraw" })) });
});
