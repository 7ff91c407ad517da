import { execFile } from "node:child_process";
import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { Webhook } from "../../../src/index.ts";
import { clientOf, userId } from "../../support/emulator/emulator.ts";
import { signal } from "../../support/emulator/webhooks.ts";

const url = "http://app.local/hooks";

describe("with a data file", () => {
  let folder: string;
  let dataFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "webhooks-"));
    dataFile = join(folder, "data");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (options: EmulatorOptions) => createEmulator({ dataFile, ...options });
  const enroll = (emulator: ReturnType<typeof open>) =>
    clientOf(emulator).enrollVerifiedAuthenticator({
      userId,
      attributes: { verificationMethod: "SMS", phoneNumber: "+64270000000" },
    });

  it("continues pending deliveries after a restart, with the same configuration", async () => {
    const first = open({ fetch: () => new Response(null, { status: 500 }) });
    first.webhooks.configure({ url, secondKey: "sk_emulator_second", logDelay: "30d" });
    await enroll(first);
    await first.webhooks.settle();
    const before = first.webhooks.deliveries();
    await first.close();

    const seen: Request[] = [];
    await using second = open({
      fetch: (request) => {
        seen.push(request);
        return new Response();
      },
    });
    expect(second.webhooks.configuration).toEqual({ url, secondKey: "sk_emulator_second", logDelay: "30d" });
    expect(second.webhooks.deliveries()).toEqual(before);
    await second.webhooks.settle();
    expect(seen).toEqual([]);
    second.clock.advance("30s");
    await second.webhooks.settle();
    const [request] = seen;
    if (!request) throw new Error("Nothing was sent");
    expect(await new Webhook("sk_emulator_second").constructEventFromRequest(request)).toMatchObject({
      type: "authenticator.created",
    });
    expect(second.webhooks.deliveries()).toMatchObject([{ state: "delivered", attempts: [{}, {}] }]);
  });

  it("retries asynchronous events of a killed process, and no synchronous ones", async () => {
    const reached: string[] = [];
    const both = signal();
    const first = open({
      webhooks: { url },
      fetch: async (request) => {
        reached.push(JSON.parse(await request.text()).type);
        if (reached.length === 2) both.happen();
        return new Promise(() => {});
      },
    });
    await enroll(first);
    const sample = first.webhooks.sendSample("sms.created");
    const ended = expect(sample).rejects.toThrow();
    await both.happened;
    const killed = join(folder, "killed");
    copyFileSync(dataFile, killed);
    await first.close();
    await ended;

    for (const file of [killed, dataFile]) {
      const bodies: string[] = [];
      await using second = open({
        dataFile: file,
        webhooks: { url },
        fetch: async (request) => {
          bodies.push(await request.text());
          return new Response();
        },
      });
      await second.webhooks.settle();
      expect(bodies.map((body) => JSON.parse(body).type)).toEqual(["authenticator.created"]);
      expect(second.webhooks.deliveries()).toMatchObject([
        { type: "authenticator.created", state: "delivered", attempts: [{ status: 200 }] },
        { type: "sms.created", state: "failed", attempts: [] },
      ]);
    }
  });

  it("sends nothing from an emulator that could not be opened", async () => {
    const first = open({ webhooks: { url }, fetch: () => new Response(null, { status: 500 }) });
    await enroll(first);
    await first.webhooks.settle();
    first.clock.advance("1h");
    let count = 0;
    const fetch = () => {
      count += 1;
      return new Response();
    };
    expect(() => open({ webhooks: { url }, fetch })).toThrow(/has it open/);
    await first.close();
    appendFileSync(dataFile, '["sk_emulator_other",[["users","a",{"userId":1}]]]\n');
    expect(() => open({ webhooks: { url }, fetch })).toThrow(/users\[0\]\.userId must be string/);
    await new Promise((resolve) => setImmediate(resolve));
    expect(count).toBe(0);
  });
});

it("keeps no process alive by what waits or is in flight", async () => {
  const program = `
    import { createEmulator } from "./src/emulator/emulator.ts";
    const fetch = (request) => (request.url.endsWith("/slow") ? new Promise(() => {}) : new Response(null, { status: 500 }));
    const urls = { "authenticator.deleted": "http://app.local/slow" };
    const emulator = createEmulator({ webhooks: { url: "http://app.local/down", urls, timeout: 600_000 }, fetch });
    const call = (verb, path, body) =>
      emulator.fetch(emulator.apiUrl + path, { method: verb, body, headers: { authorization: "Basic ${btoa("sk_emulator_default:")}" } });
    await call("POST", "/users/jo/authenticators", '{"verificationMethod":"SMS","phoneNumber":"+64270000000"}');
    await call("DELETE", "/users/jo");
    console.log(emulator.webhooks.deliveries({ state: "pending" }).length);
  `;
  const argv = ["--import", "tsx", "--input-type=module", "--eval", program];
  const cwd = join(import.meta.dirname, "../../..");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { cwd, timeout: 30_000 });
  expect({ stdout, stderr }).toEqual({ stdout: "2\n", stderr: "" });
});
