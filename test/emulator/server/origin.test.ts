import { describe, expect, it } from "vitest";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import { startEmulator } from "../../../src/emulator/start.ts";
import { action, clientOf, email, userId } from "../../support/emulator/emulator.ts";

describe("the address of an emulator", () => {
  it.each([
    ["http://localhost:3000/authsignal", "http://localhost:3000/authsignal"],
    ["http://localhost:3000/authsignal/", "http://localhost:3000/authsignal"],
    ["http://LOCALHOST:3000", "http://localhost:3000"],
    ["https://app.example.com:443/a/b-c.d_e~f/", "https://app.example.com/a/b-c.d_e~f"],
    ["http://[::1]:3000/", "http://[::1]:3000"],
  ])("is read from %s", (origin, read) => {
    const emulator = createEmulator({ origin });
    expect(emulator.origin).toBe(read);
    expect(emulator.apiUrl).toBe(`${read}/v1`);
  });

  it.each([
    "",
    "localhost:3000",
    "/authsignal",
    "//localhost/authsignal",
    "ftp://localhost",
    "http://",
    "http://user@localhost",
    "http://user:secret@localhost:3000/authsignal",
    "http://localhost/a?b=c",
    "http://localhost/a?",
    "http://localhost/a#b",
    "http://localhost/a%20b",
    "http://localhost/a b",
    "http://localhost/ä",
    "http://localhost//a",
    "http://localhost\\a",
    "http://localhost:99999",
  ])("cannot be %j", (origin) => {
    expect(() => createEmulator({ origin })).toThrow(TypeError);
    expect(() => createEmulator({ origin })).toThrow(/^origin must be the address at which the emulator is mounted/);
  });

  it.each(["http://localhost:3000/v1", "http://localhost:3000/authsignal/v1/", "http://localhost/v1/a"])(
    "cannot be that of the API: %s",
    (origin) => {
      expect(() => createEmulator({ origin })).toThrow(/^origin must not have a path with \/v1/);
    },
  );

  it("is decided by the port of one that has a port", async () => {
    const options: object = { origin: "http://localhost:3000" };
    await expect(startEmulator(options)).rejects.toThrow(/^origin is for createEmulator/);
  });

  it("is where links and tokens lead, in process too", async () => {
    const origin = "https://app.example.com/authsignal";
    const emulator = createEmulator({ origin });
    const authsignal = clientOf(emulator);
    await authsignal.enrollVerifiedAuthenticator({
      userId,
      attributes: { verificationMethod: "EMAIL_MAGIC_LINK", email },
    });
    emulator.rules.set(action, "CHALLENGE");
    const { url } = await authsignal.track({ userId, action });
    const visit = await emulator.visit(url);
    await visit.choose("EMAIL_MAGIC_LINK");
    const message = await emulator.outbox.waitFor({ to: email });
    for (const one of [url, visit.url, message.url]) expect(one?.startsWith(`${origin}/challenge`)).toBe(true);
    await (await visit.open(message.url)).approve();
    const { token } = await visit.continue();
    expect((await authsignal.validateChallenge({ token, userId, action })).isValid).toBe(true);
  });

  it("is the same whether a server has taken its path away or not", async () => {
    const emulator = createEmulator({ origin: "http://localhost:3000/authsignal" });
    for (const path of ["/authsignal/health", "/health"]) {
      expect((await emulator.fetch(`http://localhost:3000${path}`)).status).toBe(200);
    }
    expect((await emulator.fetch("http://localhost:3000/authsignalhealth")).status).toBe(404);
    expect((await emulator.fetch("http://localhost:3000/authsignal/authsignal/health")).status).toBe(404);
  });
});
