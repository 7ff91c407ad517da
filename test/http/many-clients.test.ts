import { describe, expect, it } from "vitest";
import { client, USER } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

describe("a thousand clients", () => {
  it("share connections, touch no global, and leave nothing running", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const globals = Object.getOwnPropertyNames(globalThis).map((name) => [name, Reflect.get(globalThis, name)]);
    const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const clients = Array.from({ length: 1_000 }, () => client(server.url));
    for (const authsignal of clients.slice(0, 20)) await authsignal.getUser({ userId: "u" });
    expect(new Set(server.received.map(({ port }) => port)).size).toBe(1);
    expect(Object.getOwnPropertyNames(globalThis).map((name) => [name, Reflect.get(globalThis, name)])).toEqual(
      globals,
    );
    expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(listeners);
    expect(timers()).toBe(before);
  });
});
