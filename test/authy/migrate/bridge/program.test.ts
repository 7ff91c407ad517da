import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPrism } from "../../../../scripts/prism.ts";
import { type AuthyApi, AuthyApiClient } from "../../../../src/authy/index.ts";
import { failureOf, MIRA, PHONE, startBridge, WRONG } from "../../../support/authy/bridge.ts";

/** What stands behind the interface, as far as a program cannot know it. */
interface World {
  /** What the service is to answer from here on. One that keeps a state knows it already. */
  expect(situation: string): void;
  /** The newest code that was sent to a number. */
  codeTo(number: string): string;
  /** Decides about an approval request. */
  decide(decision: "approve" | "deny", sent: { uuid?: string; url?: string }): Promise<void>;
}

const LENA = { email: "lena.berg@example.com", cellphone: "(500) 555-0005", countryCode: "1" };
const NUMBER = { phoneNumber: "415-555-0137", countryCode: 1 };

/** Old code for Authy, with a good deal of its features. It tells what it saw. */
async function program(api: AuthyApi, world: World) {
  const seen: Record<string, unknown> = {};
  world.expect("created");
  const created = await api.users.create(MIRA);
  const id = created.id ?? 0;
  seen.create = [created.ok(), created.ok() && created.content.message, Number.isSafeInteger(created.id)];
  const again = await api.users.create(MIRA);
  seen.createAgain = again.id === id;

  world.expect("neverConfirmed");
  const before = await api.users.status(id);
  seen.before = before.ok() && [before.content.status.authyId === id, before.content.status.confirmed];

  world.expect("sent");
  const sms = await api.users.requestSms(id, { force: true, locale: "es" });
  seen.sms = [sms.ok(), sms.ignored(), sms.content];
  world.expect("invalid");
  const wrong = await api.tokens.verify(id, WRONG);
  seen.wrong = [failureOf(wrong), wrong.errors()];
  world.expect("valid");
  const code = world.codeTo(PHONE);
  const right = await api.tokens.verify(`${id}`, code);
  seen.right = [
    right.ok(),
    right.errors(),
    right.ok() && [right.content.token, right.content.message, right.content.success],
  ];
  world.expect("reused");
  const reused = await api.tokens.verify(id, code);
  seen.reused = [failureOf(reused), reused.errors().message];

  world.expect("registered");
  const after = await api.users.status(id, { userIp: "203.0.113.25" });
  seen.after = after.ok() && [
    after.content.status.confirmed,
    after.content.status.phoneNumber,
    after.content.status.countryCode,
  ];
  world.expect("updated");
  seen.update = (await api.users.update(id, { email: "mira.new@example.com" })).content;

  world.expect("smsSent");
  const started = await api.phones.verificationStart({ ...NUMBER, via: "sms", codeLength: 6, locale: "en" });
  seen.started = started.ok() && [typeof started.content.uuid, typeof started.content.secondsToExpire];
  world.expect("pending");
  const open = await api.phones.verificationStatus(NUMBER);
  seen.open = open.ok() && open.content.status;
  world.expect("incorrect");
  const incorrect = await api.phones.verificationCheck({ ...NUMBER, verificationCode: "0000" });
  seen.incorrect = [failureOf(incorrect), incorrect.errors()];
  world.expect("correct");
  const verificationCode = world.codeTo(PHONE);
  seen.correct = (await api.phones.verificationCheck({ ...NUMBER, verificationCode })).content;
  world.expect("nonePending");
  seen.none = failureOf(await api.phones.verificationCheck({ ...NUMBER, verificationCode }));

  for (const decision of ["approve", "deny"] as const) {
    world.expect("created");
    const request = await api.oneTouch.sendRequest(id, { message: "Pay 480.00 EUR?", details: { To: "Lena Berg" } });
    const uuid = request.getUuid() ?? "";
    world.expect("pending");
    const pending = await api.oneTouch.getApprovalStatus(uuid);
    await world.decide(decision, request.ok() ? request.content.approvalRequest : {});
    world.expect(decision === "approve" ? "approved" : "denied");
    const decided = await api.oneTouch.getApprovalStatus(uuid);
    seen[decision] = [request.ok(), request.status(), uuid.length, pending.status(), decided.ok(), decided.status()];
  }
  world.expect("notFound");
  seen.noApproval = failureOf(await api.oneTouch.getApprovalStatus("c9d0f0a2-6a1b-0139-5f0e-0242ac11ffff"));

  world.expect("created");
  const { id: lena = 0 } = await api.users.create(LENA);
  world.expect("tooManyRequests");
  const limited = await api.users.requestSms(lena);
  seen.limited = [failureOf(limited), limited.ignored(), limited.error?.statusCode];

  world.expect("removed");
  seen.removed = (await api.users.delete(id)).content;
  world.expect("userNotFound");
  seen.gone = [
    failureOf(await api.users.delete(id)),
    failureOf(await api.users.status(id)),
    failureOf(await api.users.requestSms(id)),
    failureOf(await api.oneTouch.sendRequest(id, { message: "Pay?" })),
  ];
  seen.refused = await Promise.all(
    [
      api.users.create({ ...MIRA, cellphone: "12" }),
      api.users.create({ ...MIRA, email: "mira" }),
      api.users.requestSms("x1"),
      api.tokens.verify(id, "12"),
      api.phones.verificationStart({ ...NUMBER, codeLength: 3 }),
      api.phones.verificationCheck({ ...NUMBER, verificationCode: "12" }),
      api.oneTouch.sendRequest(id, { message: "" }),
      api.oneTouch.getApprovalStatus(" "),
    ].map((call) => call.catch(({ name, errorCode, message }) => [name, errorCode, message])),
  );
  return seen;
}

const OUTCOME = {
  create: [true, "User created successfully.", true],
  createAgain: true,
  before: [true, false],
  sms: [true, false, { success: true, message: "SMS token was sent", cellphone: "+1-XXX-XXX-XX37" }],
  wrong: ["60020", { message: "Token is invalid", token: "is invalid" }],
  right: [true, {}, ["is valid", "Token is valid.", true]],
  reused: ["60019", "Token is invalid. Token was used recently"],
  after: [true, "XXX-XXX-0137", 1],
  update: { message: "User was updated successfully", success: true },
  started: ["string", "number"],
  open: "pending",
  incorrect: ["60022", { message: "Verification code is incorrect" }],
  correct: { message: "Verification code is correct.", success: true },
  none: "60023",
  approve: [true, undefined, 36, "pending", true, "approved"],
  deny: [true, undefined, 36, "pending", true, "denied"],
  noApproval: "60049",
  limited: ["60003", false, 429],
  removed: { message: "User removed from application", success: true },
  gone: ["60026", "60026", "60026", "60026"],
  refused: Array(8).fill(["AuthyError", "invalid_argument", expect.stringMatching(/^invalid_argument: .{20}/)]),
};

describe("one program for Authy", () => {
  let prism: Awaited<ReturnType<typeof startPrism>>;
  beforeAll(async () => {
    prism = await startPrism("authy");
  });
  afterAll(() => prism[Symbol.asyncDispose]());

  it("comes out as expected with Authy", async () => {
    const violations: unknown[] = [];
    let situation = "";
    const ask = async (request: Request) => {
      request.headers.set(
        "prefer",
        `example=${situation}${CODES.has(situation) ? `, code=${CODES.get(situation)}` : ""}`,
      );
      const response = await fetch(request);
      const violation = response.headers.get("sl-violations");
      if (violation) violations.push(violation);
      return response;
    };
    const api = new AuthyApiClient({
      apiKey: "AuthyExampleKey0000000000000000A",
      apiUrl: prism.url,
      fetch: ask,
      retries: 0,
    });
    const world: World = {
      expect: (next) => {
        situation = next;
      },
      codeTo: () => "482913",
      decide: async () => {},
    };
    expect(await program(api, world)).toEqual(OUTCOME);
    expect(violations).toEqual([]);
  });

  it("comes out the same over the bridge", async () => {
    const { bridge, authsignal, emulator, codeTo, sent } = startBridge();
    const world: World = {
      expect: () => {},
      codeTo,
      async decide(decision, { url = "" }) {
        const visit = await (await emulator.visit(url)).choose("SMS");
        if (decision === "approve") await visit.enter(codeTo());
        const [action] = await authsignal.queryUserActions({
          userId: "authy-1000014155550137",
          state: "CHALLENGE_REQUIRED",
        });
        const { idempotencyKey = "" } = action ?? {};
        const request = { userId: "authy-1000014155550137", action: "authy-one-touch", idempotencyKey };
        if (decision === "deny")
          await authsignal.updateAction({ ...request, attributes: { state: "CHALLENGE_FAILED" } });
      },
    };
    expect(await program(bridge, world)).toEqual(OUTCOME);
    expect(sent.filter(({ at }) => at === "POST /challenge")).toHaveLength(3);
  });
});

/** The status of those answers that are no success. */
const CODES = new Map(
  Object.entries({
    invalid: 401,
    reused: 401,
    incorrect: 401,
    nonePending: 404,
    notFound: 404,
    userNotFound: 404,
    tooManyRequests: 429,
  }),
);
