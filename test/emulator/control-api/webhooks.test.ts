import { describe, expect, it } from "vitest";
import { bodies } from "../../../generated/emulator-validators.js";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import { call, done, invalid, refusal } from "../../support/emulator/control-api.ts";
import { clientOf, userId } from "../../support/emulator/emulator.ts";
import { eventOf, receiver, statuses } from "../../support/emulator/webhooks.ts";

describe("webhooks by HTTP", () => {
  it("are configured for the tenant of the key", async () => {
    await using emulator = createEmulator({ webhooks: { url: "http://app.local/" } });
    const key = "sk_emulator_other";
    const get = async (one?: string) => (await call(emulator, "GET /_emulator/webhooks", { key: one })).body;
    expect([await get(), await get(key)]).toEqual([{ url: "http://app.local/" }, { url: "http://app.local/" }]);
    const body = {
      url: "https://app.example/hooks",
      urls: { "action.verify": "http://app.local/verify" },
      timeout: 50,
      secondKey: "sk_emulator_second",
      logDelay: "1 minute",
    };
    expect(await call(emulator, "PUT /_emulator/webhooks", { body, key })).toMatchObject(done);
    expect([await get(), await get(key)]).toEqual([{ url: "http://app.local/" }, body]);
    expect(await call(emulator, "PUT /_emulator/webhooks", { body: {}, key })).toMatchObject(done);
    expect(await get(key)).toEqual({});
  });

  it("are refused when something cannot be used, and are as before", async () => {
    await using emulator = createEmulator();
    const put = (body: unknown) => call(emulator, "PUT /_emulator/webhooks", { body });
    expect(await put({ url: "app" })).toMatchObject(invalid(/^webhooks\.url must be an absolute http or https URL/));
    expect(await put({ url: 1 })).toMatchObject(invalid("body.url must be string"));
    expect(await put({ urls: { sms: "http://a/" } })).toMatchObject(invalid("body.urls.sms is not in the spec"));
    expect(await put({ logDelay: "soon" })).toMatchObject(invalid(/^webhooks\.logDelay must be/));
    expect(emulator.webhooks.configuration).toEqual({});
  });

  it("send samples, list deliveries and send them once more", async () => {
    await using server = await receiver(statuses(500, 200));
    await using emulator = createEmulator({ webhooks: { url: server.url } });
    const sent = await call(emulator, "POST /_emulator/webhooks/sample", { body: { type: "push.created" } });
    expect(sent).toMatchObject({ status: 200, body: { type: "push.created", state: "failed" } });
    expect(await call(emulator, "GET /_emulator/webhooks/deliveries")).toMatchObject({ body: [sent.body] });
    expect(emulator.webhooks.deliveries()).toEqual([sent.body]);

    const again = await call(emulator, `POST /_emulator/webhooks/deliveries/${sent.body.deliveryId}/redeliver`);
    expect(again).toMatchObject({
      status: 200,
      body: { state: "delivered", attempts: [{ status: 500 }, { status: 200 }] },
    });
    const list = async (query: string) =>
      (await call(emulator, `GET /_emulator/webhooks/deliveries?${query}`)).body.length;
    expect([await list("state=delivered"), await list("state=failed"), await list("type=sms.created")]).toEqual([
      1, 0, 0,
    ]);
    expect(server.received.map((one) => eventOf(one).type)).toEqual(["push.created", "push.created"]);
  });

  it("say what cannot be sent", async () => {
    await using emulator = createEmulator();
    const sample = (type: string) => call(emulator, "POST /_emulator/webhooks/sample", { body: { type } });
    expect(await sample("sms.created")).toMatchObject(invalid(/^No URL is configured for sms\.created/));
    expect(await sample("sms.sent")).toMatchObject(invalid(/^body\.type must be equal to one of/));
    const again = await call(emulator, "POST /_emulator/webhooks/deliveries/none/redeliver");
    expect(again).toMatchObject(refusal(404, "not_found", "There is no delivery none"));
    const list = await call(emulator, "GET /_emulator/webhooks/deliveries?state=lost");
    expect(list).toMatchObject(invalid(/^query\.state must be/));
  });

  it("send the log without delay", async () => {
    await using server = await receiver();
    await using emulator = createEmulator({ webhooks: { urls: { "action.log_created": server.url } } });
    await clientOf(emulator).track({ userId, action: "pay" });
    expect(await call(emulator, "POST /_emulator/webhooks/logs")).toMatchObject(done);
    expect(server.received.map((one) => eventOf(one))).toMatchObject([{ records: [{ type: "action.log_created" }] }]);
  });

  it("are in what is exported, and in what a snapshot goes back to", async () => {
    await using server = await receiver(statuses(500));
    await using emulator = createEmulator();
    emulator.clock.freeze();
    emulator.webhooks.configure({ url: server.url });
    await emulator.webhooks.sendSample("sms.created");
    await clientOf(emulator).track({ userId, action: "pay" });
    const snapshot = emulator.snapshot();
    const { body } = await call(emulator, "GET /_emulator/state");
    expect(body).toMatchObject({ webhooks: { url: server.url }, deliveries: [{}], logRecords: [{}] });
    expect(bodies.importState(body)).toBe(true);

    emulator.reset();
    expect(emulator.webhooks.configuration).toEqual({});
    expect(emulator.webhooks.deliveries()).toEqual([]);
    emulator.restore(snapshot);
    expect(emulator.export()).toEqual(body);
    await using other = createEmulator({ seed: body });
    expect(other.export()).toEqual(body);
  });
});
