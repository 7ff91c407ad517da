import { copyFile, mkdir, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { root } from "../../scripts/pack.ts";
import { startEmulator } from "../../src/emulator/index.ts";

// The Action is CommonJS, so it is loaded with `require`, with the built package.

const folder = join(root, ".tmp", `auth0-${process.pid}`);
const users = { ann: "+64270000001", bob: "+64270000002" };

let action: Record<"onExecutePostLogin" | "onContinuePostLogin", (event: object, api: object) => Promise<void>>;
let emulator: Awaited<ReturnType<typeof startEmulator>>;

beforeAll(async () => {
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await symlink(root, join(folder, "node_modules/authsignal-ts"));
  await copyFile(join(root, "test/examples/auth0.cjs"), join(folder, "auth0.cjs"));
  action = createRequire(join(folder, "package.json"))("./auth0.cjs");
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  vi.spyOn(console, "error").mockReturnValue();
  emulator = await startEmulator({
    singleUseTokens: false, // a rejection comes from the example, not from the emulator
    seed: {
      users: Object.keys(users).map((userId) => ({ userId })),
      authenticators: Object.entries(users).map(([userId, phoneNumber]) => {
        return { userId, verificationMethod: "SMS", phoneNumber };
      }),
    },
  });
  emulator.rules.set("auth0-login", "CHALLENGE");
});
afterEach(async () => {
  vi.restoreAllMocks();
  await emulator.close();
});

/** The event of a sign-in that Auth0 passes to an Action. */
function eventOf(userId: string, time = "10:00", query: object = {}) {
  return {
    secrets: { AUTHSIGNAL_SECRET: emulator.apiSecretKey, AUTHSIGNAL_URL: emulator.apiUrl },
    user: { user_id: userId, email: `${userId}@example.com` },
    session: { id: "session_1" },
    authentication: { methods: [{ name: "pwd", timestamp: time }] },
    request: { hostname: "tenant.auth0.com", ip: "203.0.113.7", user_agent: "Chromium", query },
  };
}

/** The calls of an Action to the API of Auth0. */
async function outcomeOf(handler: keyof typeof action, event: object): Promise<string[]> {
  const asked: string[] = [];
  await action[handler](event, {
    access: { deny: (reason: string) => asked.push(`deny: ${reason}`) },
    redirect: { sendUserTo: (url: string) => asked.push(url) },
  });
  return asked;
}

/** Begins a sign-in and passes its challenge; returns the token of the redirect. */
async function confirm(userId: keyof typeof users, time?: string): Promise<string> {
  const [url = ""] = await outcomeOf("onExecutePostLogin", eventOf(userId, time));
  const visit = await emulator.visit(url);
  await visit.choose("SMS");
  const { token } = await visit.enter("123456");
  return token ?? "";
}

/** Returns the idempotency key of a sign-in of ann. */
async function keyOfAttempt(): Promise<string> {
  await outcomeOf("onExecutePostLogin", eventOf("ann"));
  return emulator.export().actions?.at(-1)?.idempotencyKey ?? "";
}

const REFUSED = ["deny: This sign-in was not confirmed."];

describe("the example for Auth0", () => {
  it("lets a user in where the rules allow it", async () => {
    emulator.rules.set("auth0-login", "ALLOW");
    expect(await outcomeOf("onExecutePostLogin", eventOf("ann"))).toEqual([]);
    expect(emulator.requests.list().map(({ body }) => body)).toMatchObject([
      { email: "ann@example.com", ipAddress: "203.0.113.7", redirectUrl: "https://tenant.auth0.com/continue" },
    ]);
  });

  it.each(["CHALLENGE", "ALLOW"] as const)(
    "sends a user who has nothing enrolled to enroll, and lets them in after that: %s",
    async (outcome) => {
      emulator.rules.set("auth0-login", outcome);
      const [url = "", ...more] = await outcomeOf("onExecutePostLogin", eventOf("newcomer"));
      expect([url.startsWith(`${emulator.origin}/challenge?token=`), more]).toEqual([true, []]);
      const visit = await emulator.visit(url);
      await visit.enroll("SMS", { phoneNumber: "+64270000003" });
      const { token } = await visit.enter("123456");
      expect(await outcomeOf("onContinuePostLogin", eventOf("newcomer", "10:00", { token }))).toEqual([]);
    },
  );

  it("denies a user who has nothing enrolled and skips the enrollment", async () => {
    const [url = ""] = await outcomeOf("onExecutePostLogin", eventOf("newcomer"));
    const { token } = await (await emulator.visit(url)).cancel();
    expect(await outcomeOf("onContinuePostLogin", eventOf("newcomer", "10:00", { token }))).toEqual(REFUSED);
  });

  it.each([
    ["ALLOW, because the enrollment was skipped", "ALLOW", REFUSED],
    ["CHALLENGE_REQUIRED", "CHALLENGE_REQUIRED", REFUSED],
    ["CHALLENGE_SUCCEEDED", "CHALLENGE_SUCCEEDED", []],
    ["no state", undefined, []],
  ])("looks at the state of a valid token: %s", async (_what, state, expected) => {
    const idempotencyKey = await keyOfAttempt();
    const body = JSON.stringify({ isValid: true, state, userId: "ann", action: "auth0-login", idempotencyKey });
    emulator.faults.add({ operations: ["validateChallenge"], status: 200, body });
    const asked = await outcomeOf("onContinuePostLogin", eventOf("ann", "10:00", { token: "aaa.bbb.ccc" }));
    expect(asked).toEqual(expected);
  });

  it("denies a response of track about another sign-in", async () => {
    const idempotencyKey = "another";
    const tracked = { state: "ALLOW", url: "https://mfa.example.com/", token: "t", isEnrolled: true, idempotencyKey };
    emulator.faults.add({ operations: ["track"], status: 200, body: JSON.stringify(tracked) });
    expect((await outcomeOf("onExecutePostLogin", eventOf("ann")))[0]).toMatch(/^deny: This sign-in cannot be checked/);
  });

  it("lets a user in who has passed the challenge", async () => {
    const token = await confirm("ann");
    expect(await outcomeOf("onContinuePostLogin", eventOf("ann", "10:00", { token }))).toEqual([]);
  });

  it("denies a user who comes back without a passed challenge", async () => {
    const [url = ""] = await outcomeOf("onExecutePostLogin", eventOf("ann"));
    const token = new URL(url).searchParams.get("token");
    for (const query of [{}, { token }, { token: "broken" }, { token: ["a", "b"] }]) {
      expect((await outcomeOf("onContinuePostLogin", eventOf("ann", "10:00", query)))[0]).toMatch(/^deny: /);
    }
  });

  it("denies the token of another user, and of another sign-in", async () => {
    const token = await confirm("ann");
    expect(await outcomeOf("onContinuePostLogin", eventOf("bob", "10:00", { token }))).toEqual(REFUSED);
    expect(await outcomeOf("onContinuePostLogin", eventOf("ann", "11:00", { token }))).toEqual(REFUSED);
  });

  it.each(["BLOCK", "REVIEW"] as const)("denies a sign-in whose rule is %s", async (outcome) => {
    emulator.rules.set("auth0-login", outcome);
    expect(await outcomeOf("onExecutePostLogin", eventOf("ann"))).toEqual(["deny: This sign-in is not allowed."]);
  });

  it("denies every user while the service is down, and shows no secret", async () => {
    const token = await confirm("ann");
    emulator.faults.add({ status: 401 });
    const asked = [
      ...(await outcomeOf("onExecutePostLogin", eventOf("ann"))),
      ...(await outcomeOf("onContinuePostLogin", eventOf("ann", "10:00", { token }))),
    ];
    expect(asked).toEqual(Array(2).fill("deny: This sign-in cannot be checked now. Please try again."));
    expect(JSON.stringify([asked, vi.mocked(console.error).mock.calls.map(String)])).not.toContain(
      emulator.apiSecretKey,
    );
  });

  it("asks nothing in a flow without a user", async () => {
    const event = { ...eventOf("ann"), transaction: { protocol: "oauth2-refresh-token" } };
    expect(await outcomeOf("onExecutePostLogin", event)).toEqual([]);
    expect(emulator.requests.list()).toEqual([]);
  });
});
