import { join } from "node:path";
import { expect, test } from "vitest";
import { root, run } from "../../scripts/pack.ts";

/** Returns the URL of a file of `dist/` as a literal. */
function distFile(name: string): string {
  return JSON.stringify(join(root, "dist", name));
}

const files = ["index", "client", "authy", "migrate", "emulator"].flatMap((name) => [`${name}.js`, `${name}.cjs`]);

/** Runs code in a new process, which must exit without a signal. */
async function inFreshProcess(code: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { timeout: 10_000 });
  return JSON.parse(stdout);
}

test.each(files)("importing %s starts nothing and touches no global", async (file) => {
  const seen = await inFreshProcess(`
    const watched = { globalThis, process, Object, Array, Function, Promise, Error, JSON, Math, Symbol,
      ...Object.fromEntries(Object.getOwnPropertyNames(globalThis)
        .filter((name) => typeof globalThis[name] === "function" && globalThis[name].prototype)
        .map((name) => [name + ".prototype", globalThis[name].prototype])) };
    const before = new Map(Object.entries(watched).map(([name, value]) => [name, Object.getOwnPropertyDescriptors(value)]));
    const resources = process.getActiveResourcesInfo().length;
    const listeners = process.eventNames().length;

    const calls = [];
    const getBuiltinModule = process.getBuiltinModule;
    const restore = [];
    function watch(owner, name) {
      const original = Object.getOwnPropertyDescriptor(owner, name);
      Object.defineProperty(owner, name, { ...original, value: (...args) => (calls.push(name), original.value(...args)) });
      restore.push(() => Object.defineProperty(owner, name, original));
    }
    for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"]) watch(globalThis, name);
    // The emulator is for Node and loads its modules on import.
    if (!${JSON.stringify(file)}.startsWith("emulator")) watch(process, "getBuiltinModule");
    await import(${distFile(file)});
    for (const undo of restore) undo();
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate); // Node closes the files that it read.

    const changed = [];
    for (const [name, value] of Object.entries(watched)) {
      const was = before.get(name);
      const is = Object.getOwnPropertyDescriptors(value);
      for (const key of Reflect.ownKeys({ ...was, ...is })) {
        const same = ["value", "get", "set"].every((part) => Object.is(was[key]?.[part], is[key]?.[part]));
        if (!same && !(name === "process" && typeof is[key]?.value !== "function")) changed.push(name + "." + String(key));
      }
    }
    console.log(JSON.stringify({
      changed, calls,
      started: process.getActiveResourcesInfo().length - resources,
      listeners: process.eventNames().length - listeners,
    }));
  `);
  expect(seen).toEqual({ changed: [], calls: [], started: 0, listeners: 0 });
});

test("works without a global process", async () => {
  const answer = await inFreshProcess(`
    const { log } = console;
    delete globalThis.process;
    const { Authsignal } = await import(${distFile("index.js")});
    const answer = { state: "ALLOW", url: "", token: "", isEnrolled: false, idempotencyKey: "key" };
    const authsignal = new Authsignal({ apiSecretKey: "secret", fetch: () => Response.json(answer) });
    const { state } = await authsignal.track({ userId: "ann", action: "withdraw" });
    authsignal.webhook.verify("{}", authsignal.webhook.sign("{}"));
    const { AuthyApiClient } = await import(${distFile("authy.js")});
    const authy = new AuthyApiClient({ apiKey: "key", fetch: () => Response.json({ success: true, message: "sent" }) });
    const { createAuthyBridge, migrateAuthyUsers } = await import(${distFile("migrate.js")});
    const { error } = await createAuthyBridge(authsignal).apps.fetch();
    const moved = await migrateAuthyUsers({ file: "users.csv" }).catch(String);
    log(JSON.stringify({ state, sent: (await authy.users.requestSms(1)).ok(), bridge: error.errorCode, moved }));
  `);
  expect(answer).toEqual({
    state: "ALLOW",
    sent: true,
    bridge: "not_supported",
    moved: expect.stringMatching(/^MigrationError: This runtime has no node:[\w/]+\. Run the import of users on Node/),
  });
});
