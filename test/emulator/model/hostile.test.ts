import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createEmulator } from "../../../src/emulator/index.ts";
import { Authsignal, AuthsignalError, CallConnect } from "../../../src/index.ts";
import { allCalls, invoke } from "../../contract/calls.ts";
import { parameters, TEST_TIMEOUT } from "./runs.ts";
import { SIGNING_KEYS } from "./world.ts";

/** Values that are hard to keep. */
const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("", " ", "__proto__", "constructor", "\u0000", "\ud800", "a/b", "%2F", ".."),
  },
  { weight: 2, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom("a".repeat(5_000), "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z") },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** A call of the contract table in which some fields are something else. */
const call = fc.constantFrom(...allCalls).chain(([name, { requests }]) =>
  fc.record({
    name: fc.constant(name),
    request: fc.constantFrom(...Object.values(requests)),
    changes: fc.array(fc.tuple(fc.nat(20), value), { maxLength: 3 }),
  }),
);

/** A request with another value in one place, counted over all of its fields, however deep. */
function changed(request: unknown, [place, value]: [number, unknown]): unknown {
  const fields: [owner: object, name: string][] = [];
  const collect = (owner: unknown): void => {
    if (typeof owner !== "object" || owner === null) return;
    for (const [name, inner] of Object.entries(owner)) {
      fields.push([owner, name]);
      collect(inner);
    }
  };
  const copy: unknown = structuredClone(request);
  collect(copy);
  const [owner, name] = fields[place % Math.max(fields.length, 1)] ?? [];
  if (owner && name !== undefined) Reflect.set(owner, name, value);
  return copy;
}

it("survives whatever it is sent, and can be exported, imported and opened again then", {
  timeout: TEST_TIMEOUT,
}, async () => {
  const property = fc.asyncProperty(fc.array(call, { maxLength: 40, size: "max" }), async (calls) => {
    const folder = mkdtempSync(join(tmpdir(), "emulator-hostile-"));
    const options = { dataFile: join(folder, "data"), limits: false, seed: { signingKey: SIGNING_KEYS.a } };
    const emulator = createEmulator(options);
    const { apiSecretKey, callConnectSecretKey, apiUrl, origin, fetch } = emulator;
    const server = new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 });
    const connect = new CallConnect({ apiSecretKey: callConnectSecretKey, apiUrl: origin, fetch, retries: 0 });
    try {
      for (const { name, request, changes } of calls) {
        const client = name in connect ? connect : server;
        await invoke(client, name, changes.reduce(changed, request)).catch((error) => {
          if (!(error instanceof AuthsignalError) || error.errorCode === "network_error") throw error;
        });
      }
      expect(emulator.requests.list().filter(({ status, violation }) => status === 500 || violation)).toEqual([]);
      const exported = JSON.parse(JSON.stringify(emulator.export()));
      await emulator.close();
      const opened = createEmulator(options);
      expect(JSON.parse(JSON.stringify(opened.export()))).toEqual(exported);
      await opened.close();
      expect(JSON.parse(JSON.stringify(createEmulator({ seed: exported }).export()))).toEqual(exported);
    } finally {
      await emulator.close();
      rmSync(folder, { recursive: true });
    }
  });
  await fc.assert(property, parameters(80));
});
