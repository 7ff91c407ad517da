import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { events } from "../../../generated/authsignal-validators.js";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import { sampleSeed } from "../../../src/emulator/tenant/sample.ts";
import { client, during, type Line } from "../../support/emulator/cli.ts";
import { CODE, clientOf } from "../../support/emulator/emulator.ts";

const folder = mkdtempSync(join(tmpdir(), "sample-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(): Emulator {
  const emulator = createEmulator();
  emulator.import(sampleSeed(emulator));
  return emulator;
}

describe("the sample", () => {
  it("ends at the given time", () => {
    const { actions = [] } = sampleSeed({ tenantId: "t", origin: "http://localhost:1", now: Date.UTC(2026, 0, 10) });
    expect(actions.at(0)?.createdAt).toBe("2026-01-08T00:00:00.000Z");
    expect(actions.at(-1)?.createdAt).toBe("2026-01-09T23:59:20.000Z");
  });

  it("holds an action that can be confirmed with the code that was sent", async () => {
    const emulator = start();
    const waiting = emulator.export().actions?.at(-1);
    const { userId = "", actionCode: action = "", idempotencyKey = "" } = waiting ?? {};
    const authsignal = clientOf(emulator);
    const { url, state } = await authsignal.track({ userId, action, attributes: { idempotencyKey } });
    expect(state).toBe("CHALLENGE_REQUIRED");
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    const { token } = await visit.enter(CODE);
    expect(await authsignal.validateChallenge({ token, userId, action })).toMatchObject({ isValid: true });
    const { challenges = [] } = emulator.export();
    expect(challenges.filter((one) => one.idempotencyKey === idempotencyKey)).toHaveLength(1);
  });

  it("holds a link that confirms, and one that was used", async () => {
    const emulator = start();
    const [used, open] = emulator.outbox.list({ to: "ada@example.com" }).map(({ url = "" }) => url);
    const page = await emulator.visit(open ?? "");
    await page.approve();
    expect(
      emulator
        .export()
        .actions?.filter(({ userId }) => userId === "ada")
        .map(({ state }) => state),
    ).toEqual(["CHALLENGE_SUCCEEDED", "CHALLENGE_SUCCEEDED"]);
    expect((await emulator.fetch(used ?? "")).status).toBe(410);
  });

  it("holds a delivered event and a failed one, both as in the spec", () => {
    const { deliveries = [] } = start().export();
    expect(deliveries.map(({ type, state, attempts }) => [type, state, attempts.length])).toEqual([
      ["sms.created", "delivered", 1],
      ["authenticator.updated", "failed", 4],
    ]);
    for (const { type, body } of deliveries) expect(events[type](JSON.parse(body)), type).toBe(true);
  });

  it("shows the timeline of an action that failed by wrong codes", async () => {
    const emulator = start();
    const page = await emulator.fetch(emulator.origin, { headers: { accept: "text/html" } });
    expect(await page.text()).toMatch(/Wrong code entered <span class="note">10 times.*?Too many codes were entered/s);
  });

  it("does not replace the content of a data file", async () => {
    const argv = ["--json", "--sample", "--data", join(folder, "data.json")];
    const idempotencyKey = "mine";
    const track = async (out: string) => {
      const line: Line = JSON.parse(out);
      return client(line).track({ userId: "jo", action: "look", attributes: { idempotencyKey } });
    };
    const first = await during(argv, track);
    const second = await during(argv, async (out) => {
      const line: Line = JSON.parse(out);
      return client(line).getAction({ userId: "jo", action: "look", idempotencyKey });
    });
    expect([first.state, second.state]).toEqual(["ALLOW", "ALLOW"]);
  });
});
