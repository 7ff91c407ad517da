import { describe, expect, it } from "vitest";
import { newApprovalName, readApprovalName } from "../../../../src/authy/migrate/bridge/approval-name.ts";
import { AUTHY_ID, answer, failureOf, MIRA, startBridge, USER_ID } from "../../../support/authy/bridge.ts";

const ACTION = `/users/${USER_ID}/actions/authy-one-touch`;
const DAY = 86_400;

/** A bridge with a user who can be asked. */
async function startAsked(secondsToExpire?: number, settings: Parameters<typeof startBridge>[1] = {}) {
  const world = startBridge({}, settings);
  await world.createConfirmed();
  const ask = async (seconds = secondsToExpire) => {
    const result = await world.bridge.oneTouch.sendRequest(AUTHY_ID, { message: "Pay?", secondsToExpire: seconds });
    if (!result.ok()) throw result.error;
    return result.content.approvalRequest;
  };
  const statusOf = async (uuid: string) => (await world.bridge.oneTouch.getApprovalStatus(uuid)).status();
  const approve = async (url: string) => {
    const visit = await (await world.emulator.visit(url)).choose("SMS");
    await visit.enter(world.codeTo());
  };
  const move = (idempotencyKey: string, state: "CHALLENGE_SUCCEEDED" | "CHALLENGE_FAILED") =>
    world.authsignal.updateAction({
      userId: USER_ID,
      action: "authy-one-touch",
      idempotencyKey,
      attributes: { state },
    });
  return { ...world, ask, statusOf, approve, move };
}

describe("oneTouch on the bridge", () => {
  it("tracks an action with the message and the details as data points", async () => {
    const { bridge, createConfirmed, sent } = startBridge();
    await createConfirmed();
    const before = sent.length;
    const result = await bridge.oneTouch.sendRequest(AUTHY_ID, {
      message: "Pay 480.00 EUR?",
      details: { Amount: "480.00 EUR", transfer_id: "shown" },
      hiddenDetails: { transfer_id: "tr_58121" },
      logos: [{ res: "default", url: "https://static.example.com/logo.png" }],
    });
    expect(result.ok() && result.content).toEqual({
      approvalRequest: { uuid: result.getUuid(), url: expect.stringMatching(/^http.+token=/) },
      success: true,
    });
    const tracked = sent.slice(before).filter(({ at }) => !at.startsWith("GET "));
    expect(tracked).toEqual([
      {
        at: `POST ${ACTION}`,
        body: {
          idempotencyKey: result.getUuid(),
          custom: {
            message: "Pay 480.00 EUR?",
            details_Amount: "480.00 EUR",
            details_transfer_id: "shown",
            hiddenDetails_transfer_id: "tr_58121",
          },
        },
      },
    ]);
  });

  it("is approved by a passed challenge, and by nothing else", async () => {
    const { bridge, ask, statusOf, approve } = await startAsked(120);
    const first = await ask();
    const second = await ask();
    expect(await statusOf(first.uuid)).toBe("pending");
    await approve(first.url);
    expect([await statusOf(first.uuid), await statusOf(second.uuid)]).toEqual(["approved", "pending"]);
    expect((await bridge.oneTouch.getApprovalStatus(first.uuid.toUpperCase())).content).toEqual({
      approvalRequest: {
        uuid: first.uuid,
        authyId: AUTHY_ID,
        status: "approved",
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
        processedAt: expect.any(String),
        secondsToExpire: 120,
      },
      success: true,
    });
    const pending = await bridge.oneTouch.getApprovalStatus(second.uuid);
    expect(pending.ok() && pending.content.approvalRequest.processedAt).toBeNull();
  });

  it.each([
    ["CHALLENGE_SUCCEEDED", "approved"],
    ["REVIEW_SUCCEEDED", "approved"],
    ["CHALLENGE_FAILED", "denied"],
    ["REVIEW_FAILED", "denied"],
    ["BLOCK", "denied"],
    ["CHALLENGE_REQUIRED", "pending"],
    ["REVIEW_REQUIRED", "pending"],
    ["ALLOW", "pending"],
    ["SOMETHING_NEW", "pending"],
  ])("tells of the state %s that it is %s", async (state, status) => {
    const { ask, statusOf, faults } = await startAsked();
    const { uuid } = await ask();
    const now = new Date().toISOString();
    faults.push(({ at }) =>
      at === `GET ${ACTION}/${uuid}` ? answer(200, { state, createdAt: now, stateUpdatedAt: now }) : undefined,
    );
    expect(await statusOf(uuid)).toBe(status);
  });

  it.each([
    [undefined, DAY - 60, "pending", "approved"],
    [undefined, DAY + 60, "expired", "expired"],
    [120, 60, "pending", "approved"],
    [120, 180, "expired", "expired"],
    [0, 20 * DAY, "pending", "approved"],
  ])("sent with %o, %i seconds ago, is %s, and %s when it is passed now", async (seconds, ago, before, after) => {
    const { emulator, ask, statusOf, move } = await startAsked(seconds);
    emulator.clock.advance(-ago * 1_000);
    const { uuid } = await ask();
    emulator.clock.advance(ago * 1_000);
    expect(await statusOf(uuid)).toBe(before);
    await move(uuid, "CHALLENGE_SUCCEEDED");
    expect(await statusOf(uuid)).toBe(after);
  });

  it("stays approved after its end, if it was approved before", async () => {
    const { emulator, ask, statusOf, approve } = await startAsked(120);
    emulator.clock.advance("-1h");
    const { uuid, url } = await ask();
    await approve(url);
    expect(await statusOf(uuid)).toBe("approved");
  });

  it("fails when the rules allow the action, so that the user is not challenged", async () => {
    const { bridge, createConfirmed, emulator } = startBridge();
    await createConfirmed();
    emulator.rules.set("authy-one-touch", "ALLOW");
    const result = await bridge.oneTouch.sendRequest(AUTHY_ID, { message: "Pay?" });
    expect([failureOf(result), result.getUuid(), result.status()]).toEqual(["60054", undefined, undefined]);
    expect(result.errors().message).toMatch(/authy-one-touch.+ALLOW.+CHALLENGE/);
    expect(JSON.stringify(result)).not.toContain("token=");
  });

  it("fails for a user who can approve with nothing, and tracks nothing", async () => {
    const { bridge, emulator } = startBridge();
    await bridge.users.create(MIRA);
    expect(failureOf(await bridge.oneTouch.sendRequest(AUTHY_ID, { message: "Pay?" }))).toBe("60050");
    expect(emulator.export().actions).toEqual([]);
  });

  it("fails when an action of that name was decided before", async () => {
    const { bridge, faults } = await startAsked();
    const tracked = { url: "https://mfa.authsignal.com/?token=t", token: "t", isEnrolled: true, idempotencyKey: "k" };
    faults.push(({ at }) =>
      at === `POST ${ACTION}` ? answer(200, { ...tracked, state: "CHALLENGE_SUCCEEDED" }) : undefined,
    );
    expect(failureOf(await bridge.oneTouch.sendRequest(AUTHY_ID, { message: "Pay?" }))).toBe("60054");
  });

  it.each([
    ["BLOCK", "denied"],
    ["REVIEW", "pending"],
  ] as const)("sent under rules that say %s is %s", async (outcome, status) => {
    const { emulator, ask, statusOf } = await startAsked();
    emulator.rules.set("authy-one-touch", outcome);
    expect(await statusOf((await ask()).uuid)).toBe(status);
  });

  it("finds nothing by a UUID that the bridge did not create, and sends no request", async () => {
    const { bridge, sent } = await startAsked();
    const before = sent.length;
    const names = ["c9d0f0a2-6a1b-0139-5f0e-0242ac110002", "x", "../../", crypto.randomUUID()];
    for (const uuid of [...names, "00000000-0000-8000-8000-000000000000", "ffffffff-ffff-8fff-bfff-ffffffffffff"]) {
      expect(failureOf(await bridge.oneTouch.getApprovalStatus(uuid)), uuid).toBe("60049");
    }
    expect(sent.slice(before)).toEqual([]);
  });

  it("finds nothing by a name of which a character was changed", async () => {
    const { bridge, ask, approve } = await startAsked(3600);
    const { uuid, url } = await ask();
    await approve(url);
    for (const [index, character] of [...uuid].entries()) {
      if (character === "-") continue;
      const other = character === "0" ? "1" : "0";
      const changed = uuid.slice(0, index) + other + uuid.slice(index + 1);
      const result = await bridge.oneTouch.getApprovalStatus(changed);
      expect([changed, failureOf(result)]).toEqual([changed, "60049"]);
    }
    expect((await bridge.oneTouch.getApprovalStatus(uuid)).status()).toBe("approved");
  });

  it("tells where Authsignal knew nothing", async () => {
    const { bridge } = await startAsked();
    const uuid = newApprovalName({ authyId: AUTHY_ID, secondsToExpire: 120 });
    const { error, content } = await bridge.oneTouch.getApprovalStatus(uuid);
    expect(error).toMatchObject({ name: "AuthyError", errorCode: "60049", statusCode: 404, attempts: 1 });
    expect(content).toMatchObject({ message: `Approval request not found: ${uuid}`, success: false });
  });

  it("points to webhooks where callbacks are read", async () => {
    const { bridge } = startBridge();
    const message = expect.stringMatching(/^not_supported: .+authsignal\.webhook.+getApprovalStatus/);
    const parts = { signature: "s", nonce: "1", method: "POST", url: "https://example.com", params: {} };
    expect(() => bridge.oneTouch.validateOneTouchSignature(parts)).toThrow(expect.objectContaining({ message }));
    await expect(bridge.oneTouch.readCallback({ headers: {} })).rejects.toMatchObject({ name: "AuthyError", message });
  });
});

describe("the name of an approval request", () => {
  it.each([
    [1, 0],
    [40213377, 120],
    [AUTHY_ID, DAY],
    [1_436_601_234_567_890, 2 ** 31 - 1],
  ])("is a UUID that carries the id %i and %i seconds", (authyId, secondsToExpire) => {
    const uuid = newApprovalName({ authyId, secondsToExpire });
    expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(readApprovalName(uuid)).toEqual({ authyId, secondsToExpire });
  });

  it("is never the same", () => {
    const names = Array.from({ length: 1_000 }, () => newApprovalName({ authyId: 1, secondsToExpire: 0 }));
    expect(new Set(names).size).toBe(1_000);
  });

  it("has no room for more seconds", async () => {
    const { ask } = await startAsked();
    await expect(ask(2 ** 31)).rejects.toMatchObject({ errorCode: "invalid_argument" });
  });
});
