import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { eventStreamResponse } from "../../../src/emulator/inspector/event-stream.ts";
import { startEmulator } from "../../../src/emulator/start.ts";
import { Changes } from "../../../src/emulator/state/changes.ts";
import { basic } from "../../support/emulator/emulator.ts";
import { inspect } from "../../support/emulator/inspector.ts";

const CHANGE = "data: changed\n\n";

/** Reads a stream of events, chunk by chunk. */
function listen({ body }: Response) {
  if (!body) throw new Error("There is no stream");
  const reader = body.getReader();
  const decoder = new TextDecoder();
  return {
    next: async () => {
      const { value, done } = await reader.read();
      return done ? "the end" : decoder.decode(value);
    },
    leave: () => reader.cancel(),
  };
}

describe("the stream of changes", () => {
  it("sends an event for each change that the page shows", async () => {
    const { emulator, authsignal, at } = inspect();
    const response = await emulator.fetch(at("/_inspector/live"));
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const { next, leave } = listen(response);
    expect(await next()).toBe(`retry: 1000\n${CHANGE}`);
    const changes = [
      () => emulator.rules.set("a", "BLOCK"),
      () => emulator.rules.next("BLOCK"),
      () => emulator.clock.advance("1m"),
      () => emulator.faults.add({ status: 500, times: 1 }),
      () => expect(authsignal.getUser({ userId: "jo" })).rejects.toMatchObject({ statusCode: 500 }),
      () => authsignal.track({ userId: "jo", action: "a" }),
      () => emulator.requests.clear(),
      () =>
        emulator.import({
          messages: [{ messageId: "m", channel: "SMS", to: "+1", createdAt: new Date().toISOString() }],
        }),
      () => emulator.outbox.clear(),
      () => emulator.webhooks.configure({ url: "http://127.0.0.1:1" }),
      () => emulator.reset(),
    ];
    for (const [index, change] of changes.entries()) {
      await change();
      expect(await next(), `change ${index}`).toBe(CHANGE);
    }
    await leave();
  });

  it("sends events of its own tenant only", async () => {
    const { emulator, at } = inspect();
    const other = emulator.tenant("sk_emulator_other");
    const first = listen(await emulator.fetch(at("/_inspector/live")));
    const second = listen(await emulator.fetch(at(`/_inspector/live?tenant=${other.tenantId}`)));
    await Promise.all([first.next(), second.next()]);
    emulator.rules.set("a", "BLOCK");
    const told: string[] = [];
    const word = second.next().then(() => told.push("second"));
    await first.next().then(() => told.push("first"));
    other.rules.set("a", "BLOCK");
    await word;
    expect(told).toEqual(["first", "second"]);
    await Promise.all([first.leave(), second.leave()]);
    expect((await emulator.fetch(at("/_inspector/live?tenant=x"))).status).toBe(404);
  });

  it("sends an event of the default tenant for a new tenant, because its page lists them", async () => {
    const { emulator, at } = inspect();
    const { next, leave } = listen(await emulator.fetch(at("/_inspector/live")));
    await next();
    emulator.tenant("sk_emulator_new");
    expect(await next()).toBe(CHANGE);
    await leave();
  });

  it("sends one event for several changes in a row", async () => {
    const changes = new Changes();
    const { next, leave } = listen(eventStreamResponse(changes));
    await next();
    for (let count = 0; count < 1_000; count += 1) changes.notify();
    expect(await next()).toBe(CHANGE);
    const word = next();
    changes.end();
    expect(await word).toBe("the end");
    await leave();
  });

  it("ends with the emulator, also over a port", async () => {
    const emulator = await startEmulator();
    const { next } = listen(await fetch(`${emulator.origin}/_inspector/live`));
    await next();
    emulator.rules.set("a", "BLOCK");
    expect(await next()).toBe(CHANGE);
    const word = next().catch(() => "the end");
    await emulator.close();
    expect(await word).toBe("the end");
  });

  it("ends when its reader leaves, and at once after the emulator was closed", async () => {
    const changes = new Changes();
    const { leave } = listen(eventStreamResponse(changes));
    const stay = listen(eventStreamResponse(changes));
    expect(changes.watchers).toBe(2);
    await leave();
    expect(changes.watchers).toBe(1);
    changes.end();
    expect(changes.watchers).toBe(0);
    await stay.next();
    expect(await stay.next()).toBe("the end");
    const late = listen(eventStreamResponse(changes));
    await late.next();
    expect(await late.next()).toBe("the end");
  });

  it("does not buffer events for a slow reader", async () => {
    const changes = new Changes();
    const { next, leave } = listen(eventStreamResponse(changes));
    const told = () =>
      new Promise<void>((resolve) => {
        const stop = changes.watch({
          changed: () => {
            stop();
            resolve();
          },
          ended: resolve,
        });
        changes.notify();
      });
    for (let count = 0; count < 3; count += 1) await told();
    await next();
    expect(await next()).toBe(CHANGE);
    const word = next();
    changes.end();
    expect(await word).toBe("the end");
    await leave();
  });
});

describe("the policy of the inspector", () => {
  const policyOf = (response: Response) => response.headers.get("content-security-policy") ?? "";

  it("allows only the script and the style of the page", async () => {
    const { emulator, open, at } = inspect();
    const { document } = await open();
    const hashOf = (tag: string) => {
      const text = document.querySelector(tag)?.rawText ?? "";
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };
    const paths = ["/", "/_inspector/live?tenant=x", "/_inspector/open"];
    for (const path of paths) {
      const { headers } = await emulator.fetch(at(path), { headers: { accept: "text/html" } });
      expect(headers.get("content-security-policy")).toBe(
        `default-src 'none'; style-src ${hashOf("style")}; script-src ${hashOf("script")}; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      );
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("allows a script that does not contain its end tag", async () => {
    const { document } = await inspect().open();
    const script = document.querySelector("script")?.rawText ?? "";
    expect(script).toContain("EventSource");
    expect(script).not.toMatch(/<\/|<!--/);
  });

  it("rejects other hosts", async () => {
    const { emulator, at } = inspect({ allowedHosts: ["emulator"] });
    const status = async (host: string) => (await emulator.fetch(at("/"), { headers: { host } })).status;
    expect(await status("evil.example")).toBe(403);
    expect(await status("evil.example:4300")).toBe(403);
    expect(await status("emulator:4300")).toBe(200);
    expect((await emulator.fetch("http://evil.example/")).status).toBe(403);
    expect((await emulator.fetch("http://evil.example/_inspector/live")).status).toBe(403);
  });

  it.each([
    ["POST", { "sec-fetch-site": "cross-site" }],
    ["POST", { "sec-fetch-site": "same-site" }],
    ["POST", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
    ["POST", { origin: "https://evil.example" }],
    ["POST", { origin: "http://localhost:1" }],
    ["POST", { origin: "null" }],
    ["GET", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["GET", { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }],
  ])("rejects %s from other sites: %o", async (method, headers: Record<string, string>) => {
    const { emulator, at } = inspect();
    const body = method === "POST" ? new URLSearchParams({ tenant: emulator.tenantId }) : undefined;
    const response = await emulator.fetch(at(method === "POST" ? "/_inspector/freeze" : "/"), {
      method,
      body,
      headers,
    });
    expect(response.status).toBe(403);
    expect(policyOf(response)).toContain("default-src 'none'");
    expect(emulator.clock.isFrozen).toBe(false);
  });

  it.each<Record<string, string>>([
    { "sec-fetch-site": "same-origin", origin: "http://emulator.localhost" },
    { "sec-fetch-site": "none" },
    { origin: "http://emulator.localhost" },
    {},
  ])("accepts its own forms: %o", async (headers) => {
    const { emulator, send } = inspect();
    expect((await send("/_inspector/freeze", { tenant: emulator.tenantId }, headers)).status).toBe(200);
    expect(emulator.clock.isFrozen).toBe(true);
  });

  it("accepts links from other sites", async () => {
    const { status } = await inspect().open("/", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" });
    expect(status).toBe(200);
  });

  it("keeps keys out of public responses, and its own pages out of the request log", async () => {
    const { emulator, open, at } = inspect();
    const response = await emulator.fetch(at("/"), { headers: { authorization: basic("sk_emulator_x") } });
    expect(await response.text()).not.toContain("sk_emulator");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    await open();
    expect(emulator.requests.list()).toEqual([]);
  });
});
