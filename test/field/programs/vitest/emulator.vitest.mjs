import { Authsignal } from "authsignal-ts";
import { createEmulator, mswHandlers, startEmulator } from "authsignal-ts/emulator";
import { http } from "msw";
import { setupServer } from "msw/node";
import { settle, write } from "../calls.mjs";

// The emulator in each of its forms, in the environment that the command line chose.
test("the emulator", async () => {
  const served = await startEmulator({ defaultOutcome: "BLOCK" });
  const withPort = await use({ apiSecretKey: served.apiSecretKey, apiUrl: served.apiUrl });
  await served.close();

  const emulator = createEmulator({ defaultOutcome: "BLOCK" });
  const { apiSecretKey, apiUrl, fetch } = emulator;
  const withoutPort = await use({ apiSecretKey, apiUrl, fetch });

  const server = setupServer(...mswHandlers(http, emulator));
  server.listen({ onUnhandledRequest: "error" });
  const withMsw = await use({ apiSecretKey });
  server.close();
  write({ withPort, withoutPort, withMsw });
});

async function use(options) {
  const client = new Authsignal(options);
  return {
    track: await settle(client.track({ userId: "ann", action: "withdraw" })),
    getUser: await settle(client.getUser({ userId: "ann" })),
  };
}
