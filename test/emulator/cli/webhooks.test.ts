import { expect, it } from "vitest";
import { client, during, type Line } from "../../support/emulator/cli.ts";
import { eventOf, receiver, statuses } from "../../support/emulator/webhooks.ts";

it("the emulator of the command line sends events to --webhook", async () => {
  await using server = await receiver(statuses(200, 500));
  await during(["--json", "--webhook", `${server.url}/hooks`], async (out) => {
    const line: Line = JSON.parse(out);
    const send = (phoneNumber: string) =>
      client(line).challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber });
    await send("+64270000000");
    await expect(send("+64270000001")).rejects.toMatchObject({ statusCode: 502, errorCode: "delivery_failed" });
    const deliveries = await fetch(`${line.origin}/_emulator/webhooks/deliveries`);
    expect(await deliveries.json()).toMatchObject([{ state: "delivered" }, { state: "failed" }]);
  });
  expect(server.received).toMatchObject([{ path: "/hooks" }, { path: "/hooks" }]);
  expect(server.received.map((one) => eventOf(one))).toMatchObject([
    { type: "sms.created", data: { to: "+64270000000" } },
    { type: "sms.created", data: { to: "+64270000001" } },
  ]);
});
