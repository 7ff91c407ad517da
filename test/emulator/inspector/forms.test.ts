import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { sampleSeed } from "../../../src/emulator/tenant/sample.ts";
import { inspect, trackWaiting } from "../../support/emulator/inspector.ts";

const HOUR = 60 * 60_000;

describe("time", () => {
  it("moves by the duration of a button or of a field", async () => {
    const { emulator, submit, open } = inspect();
    emulator.clock.freeze("2026-01-01T00:00:00Z");
    const { location, texts } = await submit("#time form[data-form=advance]", { by: "1 hour" });
    expect(location).toBe("/");
    expect(emulator.clock.now().toISOString()).toBe("2026-01-01T01:00:00.000Z");
    expect(texts("time")).toContain("frozen");
    await submit("#time form[data-form=advance]", { by: " -30m " });
    expect(emulator.clock.now().toISOString()).toBe("2026-01-01T00:30:00.000Z");
    const steps = (await open()).part("time").querySelectorAll("input[type=hidden][name=by]");
    expect(steps.map((one) => one.getAttribute("value"))).toEqual(["1 min", "10 min", "1 hour", "1 day"]);
  });

  it("can be set, frozen, unfrozen and reset to real time", async () => {
    const { emulator, submit } = inspect();
    await submit("form[data-form=set-time]", { time: "2030-05-06T07:08:09" });
    expect(Math.abs(emulator.clock.milliseconds - new Date("2030-05-06T07:08:09").getTime())).toBeLessThan(HOUR);
    expect((await submit("form[data-form=freeze]")).texts("time")).toContain("frozen");
    expect(emulator.clock.isFrozen).toBe(true);
    expect((await submit("form[data-form=unfreeze]")).texts("time")).toContain("moved");
    const { texts, part } = await submit("form[data-form=real-time]");
    expect(texts("time")).toContain("real time");
    expect(part("time").querySelector("form[data-form=real-time]")).toBeNull();
    expect(Math.abs(emulator.clock.milliseconds - Date.now())).toBeLessThan(HOUR);
  });

  it.each([
    ["advance", { by: "soon" }, "soon is not a duration: enter one such as 16m, 2h or 3 days"],
    ["advance", { by: "" }, "An empty text is not a duration: enter one such as 16m, 2h or 3 days"],
    ["advance", { by: "3 moons" }, '3 moons is no duration: pass milliseconds, or a text such as "16m"'],
    ["advance", { by: "999999999999 weeks" }, expect.stringContaining("between the years 1971 and 8999")],
    ["set-time", { time: "yesterday" }, expect.stringContaining("between the years 1971 and 8999")],
  ])("is not moved by %s with %o", async (form, fields: Record<string, string>, problem) => {
    const { emulator, submit } = inspect();
    expect(await submit(`form[data-form=${form}]`, fields)).toMatchObject({ status: 422, problem });
    expect(emulator.export().clock).toEqual({});
  });
});

describe("failures", () => {
  it("are added, shown and cleared", async () => {
    const { emulator, authsignal, submit } = inspect();
    const { texts } = await submit("form[data-form=add-fault]", { operation: "track", failure: "reset", times: "2" });
    expect(texts("faults")).toContain("track connection reset 2 left");
    await expect(authsignal.track({ userId: "jo", action: "a" })).rejects.toMatchObject({ errorCode: "network_error" });
    await submit("form[data-form=add-fault]", { operation: "", failure: "429", times: "1" });
    await expect(authsignal.getUser({ userId: "jo" })).rejects.toMatchObject({ statusCode: 429, retryAfter: 1_000 });
    expect(emulator.faults.list()).toEqual([{ operations: ["track"], connection: "reset", times: 1 }]);
    await submit("form[data-form=clear-faults]");
    expect(emulator.faults.list()).toEqual([]);
  });

  it("of each kind in the list can be chosen", async () => {
    const { emulator, open, submit } = inspect();
    const names = (await open()).part("faults").querySelectorAll("select[name=failure] option");
    for (const name of names) await submit("form[data-form=add-fault]", { failure: name.getAttribute("value") ?? "" });
    expect(emulator.faults.list()).toHaveLength(names.length);
    expect(names.length).toBeGreaterThan(5);
  });

  it.each([
    [{ failure: "flood" }, 'Unknown failure "flood": choose one from the list'],
    [{ failure: "__proto__" }, 'Unknown failure "__proto__": choose one from the list'],
    [{ times: "many" }, "Times must be a number from 1 to 1000, not many"],
    [{ times: "0" }, "Times must be a number from 1 to 1000, not 0"],
    [{ operation: "trick" }, expect.stringContaining("There is no operation trick")],
  ])("are rejected: %o", async (fields: Record<string, string>, problem) => {
    const { emulator, submit } = inspect();
    expect(await submit("form[data-form=add-fault]", fields)).toMatchObject({ status: 422, problem });
    expect(emulator.faults.list()).toEqual([]);
  });
});

describe("rules", () => {
  it("set the outcome of an action, always or for the next time", async () => {
    const { emulator, authsignal, submit } = inspect();
    const state = async () => (await authsignal.track({ userId: "jo", action: "withdraw" })).state;
    await submit("form[data-form=set-outcome]", { action: " withdraw ", outcome: "BLOCK" });
    const { texts } = await submit("form[data-form=set-outcome]", {
      action: "withdraw",
      outcome: "REVIEW",
      how: "next",
    });
    expect(texts("rules")).toContain("Next withdraw REVIEW");
    expect([await state(), await state()]).toEqual(["REVIEW_REQUIRED", "BLOCK"]);
    emulator.rules.next("ALLOW", "ALLOW");
    await submit("form[data-form=clear-queue]");
    expect(await state()).toBe("BLOCK");
  });

  it("are added with conditions, and removed", async () => {
    const { emulator, authsignal, submit, enroll } = inspect();
    await enroll("jo");
    const where = '{ "custom": { "isNewPayee": true } }';
    const fields = { name: "New payee", action: "payout", userId: "", where, outcome: "CHALLENGE" };
    const { texts } = await submit("form[data-form=add-rule]", fields);
    expect(texts("rules")).toContain("payout CHALLENGE New payee Conditions");
    const attributes = { custom: { isNewPayee: true } };
    expect((await authsignal.track({ userId: "jo", action: "payout", attributes })).state).toBe("CHALLENGE_REQUIRED");
    expect(emulator.rules.list()).toMatchObject([{ name: "New payee", where: { custom: { isNewPayee: true } } }]);
    await submit("form[data-form=remove-rule]");
    expect(emulator.rules.list()).toEqual([]);
  });

  it.each([
    ["set-outcome", { action: " " }, "Enter an action code such as withdraw"],
    ["set-outcome", { action: "a", outcome: "MAYBE" }, 'Unknown outcome "MAYBE": choose one from the list'],
    ["add-rule", { where: "{" }, expect.stringContaining("must be JSON")],
    ["add-rule", { where: "[1]" }, 'Where must be a JSON object such as { "custom": { "isNewPayee": true } }'],
    ["add-rule", { where: `${'{"a":'.repeat(100)}1${"}".repeat(100)}` }, expect.stringContaining("deeper")],
    ["add-rule", { outcome: "" }, expect.stringContaining("choose one from the list")],
  ])("are rejected by %s: %o", async (form, fields: Record<string, string>, problem) => {
    const { emulator, submit } = inspect();
    expect(await submit(`form[data-form=${form}]`, fields)).toMatchObject({ status: 422, problem });
    expect(emulator.rules.list()).toEqual([]);
  });
});

describe("actions that wait for a review", () => {
  it("are approved or rejected, once", async () => {
    const { emulator, authsignal, submit, send } = inspect();
    emulator.rules.set("transfer", "REVIEW");
    const { idempotencyKey } = await authsignal.track({ userId: "jo", action: "transfer" });
    const { texts } = await submit("form[data-form=review]", { state: "REVIEW_FAILED" });
    expect(texts("actions")).toContain("Review failed");
    const { state } = await authsignal.getAction({ userId: "jo", action: "transfer", idempotencyKey });
    expect(state).toBe("REVIEW_FAILED");
    const tenant = emulator.tenantId;
    const action = emulator.export().actions?.[0]?.actionId ?? "";
    expect(await send("/_inspector/review", { tenant, action, state: "REVIEW_SUCCEEDED" })).toMatchObject({
      status: 422,
      problem: "This action no longer waits for a review",
    });
    expect((await send("/_inspector/review", { tenant, action, state: "ALLOW" })).status).toBe(422);
  });
});

describe("webhooks", () => {
  const servers: (() => void)[] = [];
  afterEach(() => {
    for (const close of servers.splice(0)) close();
  });

  /** An app that receives deliveries and responds with the next of these statuses. */
  async function app() {
    const state = { status: 200, taken: [] as string[] };
    const server = createServer((request, response) => {
      state.taken.push(`${request.url}`);
      request.resume();
      response.writeHead(state.status).end("<b>answer</b>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push(() => server.close());
    const address = server.address();
    return { state, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
  }

  it("are sent to the URLs of the form, and keep their other settings", async () => {
    const { emulator, submit } = inspect();
    emulator.webhooks.configure({ timeout: 5_000 });
    const { part } = await submit("form[data-form=set-webhooks]", {
      url: "http://127.0.0.1:1/a",
      "sms.created": "http://127.0.0.1:1/b",
    });
    expect(emulator.webhooks.configuration).toEqual({
      timeout: 5_000,
      url: "http://127.0.0.1:1/a",
      urls: { "sms.created": "http://127.0.0.1:1/b" },
    });
    expect(part("webhooks").querySelector("input[name=url]")?.getAttribute("value")).toBe("http://127.0.0.1:1/a");
    await submit("form[data-form=set-webhooks]", { url: "", "sms.created": "" });
    expect(emulator.webhooks.configuration).toEqual({ timeout: 5_000 });
    const refused = await submit("form[data-form=set-webhooks]", { url: "ftp://example.com" });
    expect(refused).toMatchObject({ status: 422, problem: expect.stringContaining("http or https URL") });
  });

  it("receive samples and repeated deliveries, whose attempts are shown", async () => {
    const { emulator, submit } = inspect();
    const { state, url } = await app();
    emulator.webhooks.configure({ url: `${url}/hook` });
    state.status = 500;
    const failed = await submit("form[data-form=send-sample]", { type: "sms.created" });
    expect(failed.texts("webhooks")).toMatch(/failed sms\.created 500 .*1 attempt 500 after \d+ ms <b>answer<\/b>/);
    state.status = 204;
    const delivered = await submit("form[data-form=redeliver]");
    expect(delivered.texts("webhooks")).toMatch(/delivered sms\.created 204 .*2 attempts 500 .* 204 after/);
    expect(state.taken).toEqual(["/hook", "/hook"]);
  });

  it("receive the pending log records", async () => {
    const { emulator, authsignal, submit } = inspect();
    const { state, url } = await app();
    emulator.webhooks.configure({ urls: { "action.log_created": `${url}/log` } });
    await authsignal.track({ userId: "jo", action: "look" });
    await submit("form[data-form=flush-logs]");
    expect(state.taken).toEqual(["/log"]);
  });

  it("reject unknown events and deliveries", async () => {
    const { emulator, send } = inspect();
    const tenant = emulator.tenantId;
    for (const [form, fields, problem] of [
      ["send-sample", { type: "sms.created" }, "No URL is configured for sms.created"],
      ["send-sample", { type: "sms.exploded" }, 'Unknown event "sms.exploded"'],
      ["redeliver", { delivery: "nothing" }, "There is no delivery nothing"],
    ] as const) {
      const answer = await send(`/_inspector/${form}`, { tenant, ...fields });
      expect(answer).toMatchObject({ status: 422, problem: expect.stringContaining(problem) });
    }
  });
});

describe("a reset", () => {
  it("empties one tenant, after a confirmation", async () => {
    const { emulator, open, submit } = inspect();
    const other = emulator.tenant("sk_emulator_other");
    other.import({ users: [{ userId: "kept" }] });
    await trackWaiting(emulator);
    emulator.faults.add({ status: 500 });
    for (const form of ["reset", "sample", "clear-requests"]) {
      expect((await open()).document.querySelector(`details form[data-form=${form}]`), form).not.toBeNull();
    }
    expect((await open()).texts("reset")).toContain("Time, failures and webhook URLs are reset, too.");
    const { texts } = await submit("form[data-form=reset]");
    expect(texts("actions")).toContain("Nothing has been tracked yet");
    expect(emulator.export().users).toEqual([]);
    expect(emulator.faults.list()).toEqual([]);
    expect(other.export().users).toHaveLength(1);
  });

  it("can load the sample, which shows each state", async () => {
    const { emulator, submit } = inspect();
    const { texts, document } = await submit("#reset form[data-form=sample]");
    expect(document.querySelectorAll("#actions .list > li")).toHaveLength(9);
    for (const state of [
      "Challenge required",
      "Challenge succeeded",
      "Challenge failed",
      "Block",
      "Allow",
      "Review required",
    ]) {
      expect(texts("actions")).toContain(state);
    }
    const { actions = [], messages = [] } = emulator.export();
    for (const { createdAt = "", stateUpdatedAt = "" } of actions) expect(createdAt <= stateUpdatedAt).toBe(true);
    expect(messages.every(({ createdAt }) => Date.parse(createdAt) <= Date.now())).toBe(true);
    const [newest] = messages.slice(-1);
    const action = actions.find(({ idempotencyKey }) => idempotencyKey === newest?.idempotencyKey);
    expect(action).toMatchObject({ userId: "jo", actionCode: "withdraw", state: "CHALLENGE_REQUIRED" });
  });

  it("does not happen when the outbox or the request log is cleared", async () => {
    const { emulator, submit } = inspect();
    emulator.import(sampleSeed(emulator));
    await trackWaiting(emulator);
    await submit("form[data-form=clear-outbox]");
    await submit("form[data-form=clear-requests]");
    expect(emulator.outbox.list()).toEqual([]);
    expect(emulator.requests.list()).toEqual([]);
    expect(emulator.export().users).not.toEqual([]);
  });
});

describe("every form", () => {
  it("changes the tenant of its field", async () => {
    const { emulator, submit } = inspect();
    const other = emulator.tenant("sk_emulator_other");
    const { location } = await submit("form[data-form=freeze]", {}, `/?tenant=${other.tenantId}`);
    expect(location).toBe(`/?tenant=${other.tenantId}`);
    expect([emulator.clock.isFrozen, other.clock.isFrozen]).toEqual([false, true]);
  });

  it("is rejected with a message when it or its tenant is unknown", async () => {
    const { emulator, send, at } = inspect();
    const tenant = emulator.tenantId;
    expect(await send("/_inspector/nothing", { tenant })).toMatchObject({
      status: 422,
      problem: "There is no form nothing",
    });
    expect(await send("/_inspector/constructor", { tenant })).toMatchObject({ status: 422 });
    expect(await send("/_inspector/freeze", { tenant: "x" })).toMatchObject({ status: 404 });
    const body = JSON.stringify({ tenant });
    const json = { method: "POST", body, headers: { "content-type": "application/json" } };
    expect((await emulator.fetch(at("/_inspector/freeze"), json)).status).toBe(404);
    expect(emulator.clock.isFrozen).toBe(false);
    expect(await send("/_inspector/advance", { tenant, by: "x".repeat(3_000_000) })).toMatchObject({ status: 413 });
  });

  it("posts to the URL of its name", async () => {
    const { emulator, open } = inspect();
    emulator.import(sampleSeed(emulator));
    for (const form of (await open()).document.querySelectorAll("form")) {
      expect(form.getAttribute("method")).toBe("post");
      expect(form.getAttribute("action")).toBe(`/_inspector/${form.getAttribute("data-form")}`);
    }
  });
});
