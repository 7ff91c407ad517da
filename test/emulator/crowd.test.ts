import jwt from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import type { EmulatorTenant } from "../../src/emulator/index.ts";
import { type Authsignal, InvalidSignatureError, Webhook } from "../../src/index.ts";
import { post } from "../support/emulator/client-api.ts";
import { call } from "../support/emulator/control-api.ts";
import { action, clientOf } from "../support/emulator/emulator.ts";

const TENANTS = 20;
const FLOWS = 50;
/** How long anything may take, in milliseconds: so many at once need a while. */
const TEST_TIMEOUT = 60_000;

/** A customer of the crowd. All of them have users, phone numbers, actions and keys of the same names. */
interface Member {
  /** Is in whatever this one has said, and in nothing of another one. */
  readonly mark: string;
  readonly tenant: EmulatorTenant;
  readonly authsignal: Authsignal;
  /** The tokens that came out, by user. */
  readonly tokens: string[];
  /** What the webhook of this one got. */
  readonly deliveries: { readonly signature: string; readonly body: string }[];
}

const users = Array.from({ length: FLOWS }, (_, index) => `usr_${index}`);
const phoneOf = (userId: string) => `+6427${userId.slice(4).padStart(6, "0")}`;

let emulator: Emulator;
let members: Member[];

/** Enrolls, tracks and confirms, on the challenge pages or through the Client API; notes the token that comes out. */
async function confirm({ mark, tenant, authsignal, tokens }: Member, userId: string, index: number): Promise<void> {
  const phoneNumber = phoneOf(userId);
  await authsignal.updateUser({ userId, attributes: { displayName: `${mark}${userId}`, custom: { mark } } });
  await authsignal.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } });
  const attributes = { idempotencyKey: userId, custom: { mark } };
  const { token, url } = await authsignal.track({ userId, action, attributes });
  if (index % 2 === 0) {
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    const { code } = await tenant.outbox.waitFor({ userId }, { timeout: TEST_TIMEOUT });
    tokens[index] = (await visit.enter(code)).token ?? "";
  } else {
    await post(emulator, "challenge/sms", token);
    const { code: verificationCode } = await tenant.outbox.waitFor({ to: phoneNumber }, { timeout: TEST_TIMEOUT });
    const { body } = await post(emulator, "verify/sms", token, { verificationCode });
    tokens[index] = `${body.accessToken}`;
  }
}

/** What another tenant does meanwhile, which is none of their business. */
function rage(wild: EmulatorTenant, step: number): void {
  wild.clock.advance("1 day");
  if (step % 3 === 0) wild.clock.freeze();
  wild.rules.set(action, "BLOCK");
  wild.faults.add({ connection: "reset" });
  wild.webhooks.configure({ url: "http://app.test/wild" });
  wild.import({ users: users.map((userId) => ({ userId, displayName: "wild" })) });
  if (step % 2 === 0) wild.reset();
}

beforeAll(async () => {
  emulator = createEmulator({
    otp: "random",
    async fetch(request) {
      const [, place] = new URL(request.url).pathname.split("/");
      const signature = request.headers.get("x-signature-v2") ?? "";
      members[Number(place)]?.deliveries.push({ signature, body: await request.text() });
      return new Response(null, { status: 204 });
    },
  });
  members = Array.from({ length: TENANTS }, (_, index) => {
    const tenant = emulator.tenant(`sk_emulator_crowd_${index}`);
    tenant.rules.set(action, "CHALLENGE");
    tenant.webhooks.configure({ url: `http://app.test/${index}`, logDelay: 0, timeout: TEST_TIMEOUT });
    const authsignal = clientOf(emulator, { apiSecretKey: tenant.apiSecretKey, timeout: TEST_TIMEOUT });
    return { mark: `of-${index}-`, tenant, authsignal, tokens: [], deliveries: [] };
  });
  const wild = emulator.tenant("sk_emulator_crowd_wild");
  await Promise.all(
    users.flatMap((userId, index) => {
      const flows = members.map((member) => confirm(member, userId, index));
      return [...flows, Promise.resolve().then(() => rage(wild, index))];
    }),
  );
  await Promise.all(members.map(({ tenant }) => tenant.webhooks.flushLogs()));
  await Promise.all(members.map(({ tenant }) => tenant.webhooks.settle()));
});
afterAll(() => emulator.close());

/** What of everybody else is in a text. */
function strangersIn(text: string, { mark }: Member): string[] {
  const marks = new Set([...text.matchAll(/of-\d+-|wild/g)].map(([found]) => found));
  return [...marks].filter((found) => found !== mark);
}

describe("20 tenants, each with 50 users at once, whose names are all the same", () => {
  it("each get what is theirs, and nothing of the others", () => {
    for (const member of members) {
      const held = member.tenant.export();
      expect(strangersIn(JSON.stringify(held), member)).toEqual([]);
      expect(held.users?.map(({ displayName }) => displayName).sort()).toEqual(
        users.map((userId) => `${member.mark}${userId}`).sort(),
      );
      expect(new Set(held.actions?.map(({ state }) => state))).toEqual(new Set(["CHALLENGE_SUCCEEDED"]));
      const counts = [held.actions, held.authenticators, held.challenges, held.messages].map((rows) => rows?.length);
      expect(counts).toEqual([FLOWS, FLOWS, FLOWS, FLOWS]);
      expect(
        member.tenant.outbox
          .list()
          .map(({ to }) => to)
          .sort(),
      ).toEqual(users.map(phoneOf).sort());
      expect(member.tenant.clock.isFrozen).toBe(false);
    }
  });

  it("have no id, token or secret in common", () => {
    const ids = members.flatMap(({ tenant, tokens }) => {
      const { actions = [], authenticators = [], challenges = [], messages = [], recoveryCodes = [] } = tenant.export();
      return [
        ...tokens,
        ...actions.map(({ actionId }) => actionId),
        ...authenticators.map(({ userAuthenticatorId }) => userAuthenticatorId),
        ...challenges.flatMap(({ challengeId, key }) => [challengeId, key]),
        ...messages.map(({ messageId }) => messageId),
        ...recoveryCodes.map(({ code }) => code),
      ];
    });
    expect(ids.length).toBeGreaterThanOrEqual(TENANTS * FLOWS * 6);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("are told of their own events, signed with their own keys", () => {
    members.forEach((member, index) => {
      const { tenant, deliveries } = member;
      const other = new Webhook(members[(index + 1) % TENANTS]?.tenant.apiSecretKey ?? "");
      const texts = deliveries.flatMap(({ body, signature }) => {
        const event = new Webhook(tenant.apiSecretKey).constructEvent(body, signature);
        expect(() => other.constructEvent(body, signature)).toThrow(InvalidSignatureError);
        expect(strangersIn(body, member)).toEqual([]);
        expect([...body.matchAll(/"tenantId":"([^"]*)"/g)].map(([, id]) => id)).toContain(tenant.tenantId);
        return event.type === "sms.created" ? [event.data] : [];
      });
      const sent = tenant.outbox.list();
      expect(texts.map(({ to, code }) => `${to} ${code}`).sort()).toEqual(
        sent.map(({ to, code }) => `${to} ${code}`).sort(),
      );
    });
  });

  it("accept their own tokens once, and none of another", async () => {
    for (const { authsignal, tokens } of members) {
      const others = members.filter((other) => other.authsignal !== authsignal).map((other) => other.tokens[0] ?? "");
      const answers = await Promise.all(others.map((token) => authsignal.validateChallenge({ token })));
      expect(answers.map(({ isValid, userId }) => [isValid, userId])).toEqual(others.map(() => [false, undefined]));
      const own = await Promise.all(tokens.map((token) => authsignal.validateChallenge({ token, action })));
      expect(own.map(({ isValid, userId }) => (isValid ? userId : "invalid"))).toEqual(users);
      const again = await Promise.all(tokens.map((token) => authsignal.validateChallenge({ token, action })));
      expect(again.filter(({ isValid }) => isValid)).toEqual([]);
    }
  });

  it("cannot be entered with what the key of another has signed, or with a token that was changed to name them", async () => {
    const [first, second] = members;
    if (!first || !second) throw new Error("There is no crowd");
    const { token } = await second.authsignal.track({ userId: "usr_0", action });
    const { token: foreign } = await first.authsignal.track({ userId: "usr_0", action });
    const claimsOf = (text: string) => Buffer.from(text.split(".")[1] ?? "", "base64url").toString();
    const renamed = Buffer.from(claimsOf(foreign).replace(first.tenant.tenantId, second.tenant.tenantId));
    const [head, , signature] = foreign.split(".");
    const sign = (key: string) => jwt.sign(JSON.parse(claimsOf(token)), key);
    const enter = async (one: string) => (await post(emulator, "challenge/sms", one)).status;
    expect(await enter(sign(second.tenant.apiSecretKey))).toBe(200);
    for (const forged of [
      sign(first.tenant.apiSecretKey),
      sign(first.tenant.tenantId),
      [head, renamed.toString("base64url"), signature].join("."),
    ]) {
      expect(await enter(forged)).toBe(401);
      expect(await second.authsignal.validateChallenge({ token: forged })).toMatchObject({ isValid: false });
      expect((await emulator.visit(`${emulator.origin}/challenge?token=${forged}`)).screen).toBe("problem");
    }
  });

  it("see only themselves in logs, control routes and the inspector", async () => {
    for (const member of members) {
      const key = member.tenant.apiSecretKey;
      for (const route of ["state", "outbox", "requests", "webhooks/deliveries"]) {
        const { status, body } = await call(emulator, `GET /_emulator/${route}`, { key });
        expect([status, strangersIn(JSON.stringify(body), member)], route).toEqual([200, []]);
      }
      const headers = { accept: "text/html" };
      const page = await emulator.fetch(`${emulator.inspectorUrl}?tenant=${member.tenant.tenantId}`, { headers });
      const panels = (await page.text()).replace(/<details class="menu.*?<\/details>/s, "");
      expect([strangersIn(panels, member), panels.includes(member.mark)]).toEqual([[], true]);
    }
  });
});
