/** Makes a thousand clients, calls through twenty, and tells what they changed in their process. Nothing ends it but itself. */
import { Authsignal } from "../../src/index.ts";

const globals = () => Object.getOwnPropertyNames(globalThis).map((name) => [name, Reflect.get(globalThis, name)]);
const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)]);

const before = globals();
const heard = JSON.stringify(listeners());
const clients = Array.from(
  { length: 1_000 },
  () => new Authsignal({ apiSecretKey: "sk_test", apiUrl: process.env.SERVER }),
);
for (const authsignal of clients.slice(0, 20)) await authsignal.getUser({ userId: "u" });

const after = globals();
const changed = after.filter(
  ([name, value], index) => before[index]?.[0] !== name || !Object.is(before[index]?.[1], value),
);
console.log(
  JSON.stringify({
    globals: changed.map(([name]) => name),
    listeners: JSON.stringify(listeners()) === heard,
    timers: process.getActiveResourcesInfo().filter((resource) => resource === "Timeout"),
  }),
);
