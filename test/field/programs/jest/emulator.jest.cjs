const { settle, write } = require("../calls.cjs");

// jsdom has no fetch, so the emulator listens on a port.
test("the emulator on a port", async () => {
  write({ tracked: await settle(track()) });
});

async function track() {
  const { Authsignal } = require("authsignal-ts");
  const { startEmulator } = require("authsignal-ts/emulator");
  const emulator = await startEmulator({ defaultOutcome: "BLOCK" });
  const { apiSecretKey, apiUrl } = emulator;
  const tracked = await new Authsignal({ apiSecretKey, apiUrl }).track({ userId: "ann", action: "withdraw" });
  await emulator.close();
  return tracked;
}
