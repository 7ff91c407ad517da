import { describe, expect, it } from "vitest";
import { createEmulator, startEmulator, visit } from "../../src/emulator/index.ts";
import { Authsignal } from "../../src/index.ts";

// Values that TypeScript rejects, or that no program passes on purpose. `of` makes any value pass the compiler.
const of = (text: string) => JSON.parse(text);

describe("a mistake is told at once", () => {
  it.each<[options: string, words: RegExp]>([
    ['{ "strickt": false }', /^createEmulator has no option strickt\. Did you mean strict\? There are otp, /],
    ['{ "strict": "false" }', /^strict must be boolean, not string$/],
    ['{ "allowedRedirects": "https://a.b" }', /^allowedRedirects must be list/],
    ['{ "seed": "seed.json" }', /^seed must be object, not string$/],
    ["null", /^The options of createEmulator must be an object: leave them out, or pass \{ otp, /],
  ])("in the options %s", (options, words) => {
    expect(() => createEmulator(of(options))).toThrow(words);
  });

  it("in the options of startEmulator", async () => {
    await expect(startEmulator(of('{ "prot": 4300 }'))).rejects.toThrow(
      /^startEmulator has no option prot\. Did you mean port\?/,
    );
  });

  it.each<[what: string, words: RegExp]>([
    ['{ "acton": "withdraw", "outcome": "BLOCK" }', /rules\[0\]\.acton is not in the spec/],
    ['{ "where": [1], "outcome": "BLOCK" }', /rules\[0\]\.where must be object/],
    ['{ "when": "true", "outcome": "BLOCK" }', /^when must be a function$/],
    ['{ "outcome": "DENY" }', /^There is no outcome DENY/],
    ["null", /^There is no outcome/],
  ])("in the rule %s", (rule, words) => {
    const { rules } = createEmulator();
    expect(() => rules.add(of(rule))).toThrow(words);
    expect(() => rules.replace([of(rule)])).toThrow(words);
    expect(rules.list()).toEqual([]);
  });

  it("in a rule for no action", () => {
    const { rules } = createEmulator();
    for (const action of ['""', "null", "5"]) expect(() => rules.set(of(action), "BLOCK")).toThrow(TypeError);
  });

  it.each<[filter: string, words: RegExp]>([
    ['{ "phoneNumber": "+64270000000" }', /There is no phoneNumber$/],
    ['{ "to": "+64270000000", "timeout": 5 }', /second argument\. There is no timeout$/],
    ['{ "channel": "sms" }', /channel cannot be sms$/],
    ['"+64270000000"', /There is no \+64270000000$/],
  ])("in the filter %s", async (filter, words) => {
    const { outbox } = createEmulator();
    await expect(outbox.waitFor(of(filter))).rejects.toThrow(words);
    expect(() => outbox.list(of(filter))).toThrow(words);
  });

  it("in the address of a visit", async () => {
    for (const url of ["", "/challenge", "undefined"]) await expect(visit(url)).rejects.toThrow(/^visit needs the url/);
  });
});

describe("what was given out", () => {
  it("is a copy", () => {
    const { rules, faults } = createEmulator();
    rules.set("withdraw", "BLOCK");
    faults.add({ operations: ["track"], status: 503 });
    rules.list().pop();
    faults.list()[0]?.operations?.push("getUser");
    expect(rules.list()).toHaveLength(1);
    expect(faults.list()).toEqual([{ operations: ["track"], status: 503 }]);
  });
});

describe("a closed emulator", () => {
  it("serves no request, and lets no caller wait", async () => {
    const emulator = createEmulator();
    const waiting = emulator.outbox.waitFor({}, { timeout: 60_000 });
    const elsewhere = emulator.tenant().outbox.waitFor({}, { timeout: 60_000 });
    await emulator.close();
    for (const one of [waiting, elsewhere, emulator.outbox.waitFor(), emulator.fetch(`${emulator.origin}/health`)]) {
      await expect(one).rejects.toThrow("The emulator was closed");
    }
  });
});

describe("totp", () => {
  it("is what the app of the user shows, in process and by HTTP", async () => {
    const emulator = createEmulator({
      seed: {
        clock: { frozenAt: "2026-01-15T03:04:05.000Z" },
        authenticators: [
          {
            userId: "jo",
            verificationMethod: "AUTHENTICATOR_APP",
            otpUri: "otpauth://totp/Example:jo?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
          },
        ],
      },
    });
    const { apiSecretKey, apiUrl, fetch } = emulator;
    const code = emulator.totp("jo");
    expect(code).toMatch(/^\d{6}$/);
    const answer = await fetch(`${emulator.origin}/_emulator/totp?userId=jo`);
    expect(await answer.json()).toEqual({ code });
    emulator.rules.set("withdraw", "CHALLENGE");
    const authsignal = new Authsignal({ apiSecretKey, apiUrl, fetch });
    const { url } = await authsignal.track({ userId: "jo", action: "withdraw" });
    const page = await (await emulator.visit(url)).choose("AUTHENTICATOR_APP");
    const { token } = await page.enter(code);
    expect(await authsignal.validateChallenge({ token })).toMatchObject({ isValid: true });
    expect(() => emulator.totp("kim")).toThrow("kim has enrolled no authenticator app");
    expect((await fetch(`${emulator.origin}/_emulator/totp?userId=kim`)).status).toBe(404);
  });
});
