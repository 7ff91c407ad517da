import { strict as assert } from "node:assert";
import fc from "fast-check";
import { type Visit, VisitError, type VisitResult } from "../../../src/emulator/index.ts";
import { isAlive, move, noteToken } from "./actions.ts";
import { codeKind, codeOf, UNTOUCHED } from "./challenge-commands.ts";
import { CODE_LIFETIME, isOpen, send, tryCode, verified } from "./codes.ts";
import { kind, type Scene } from "./command.ts";
import type { ActionModel, ChallengeModel, Method, TenantModel, VisitModel } from "./data.ts";
import { defaultMethodOf, enrolledBy, methodsOf } from "./people.ts";
import { forge, forgery, pick, picked } from "./population.ts";

// People on the challenge pages.

const LINKS: Method[] = ["EMAIL_MAGIC_LINK", "PUSH"];
const SENT: Method[] = [...LINKS, "SMS", "WHATSAPP", "EMAIL_OTP"];

export const openPage = kind(
  "open page",
  [],
  fc.record({ pick, forgery, place: fc.nat(2_000), method: fc.nat(6) }),
  async (scene, { pick, forgery, place, method }) => {
    const { tenant, world } = scene;
    const token = picked(tenant.tokens, pick);
    const visit = await world.visit(token ? forge(token.text, forgery, place) : "nonsense");
    if (!token || forgery !== "none" || !isAlive(tenant, token)) {
      assert.notEqual(visit.error, undefined);
      return;
    }
    const { action } = token;
    if (action.state !== "CHALLENGE_REQUIRED") {
      if (token.isUsed) await assert.rejects(visit.continue(), VisitError);
      else noteToken(tenant, (await visit.continue()).token, action);
      return;
    }
    const methods = methodsFor(tenant, action.userId);
    assert.deepEqual([...visit.methods].sort(), [...methods].sort());
    assert.equal(visit.methods[0], methods[0], "the usual method comes first");
    const chosen = methods[method % methods.length];
    if (chosen === undefined) return;
    const challenge = await choose(scene, visit, action, chosen, () => visit.choose(chosen));
    if (challenge) tenant.visits.push({ id: world.visits.push(visit) - 1, token, challenge });
  },
  "tokens",
);

/** The steps of a user who has to pass a challenge. */
const reaction = fc.constantFrom("pass", "pass", "pass", "deny", "cancel", "look", "send again");
type Reaction = "pass" | "deny" | "cancel" | "look" | "send again";

export const reactOnPage = kind(
  "react",
  [],
  fc.record({ pick, reaction, codeKind }),
  async (scene, { pick, reaction, codeKind }) => {
    const { tenant, world } = scene;
    const place = picked(tenant.visits, pick);
    const visit = world.visits[place?.id ?? -1];
    if (!place || !visit) return;
    const { challenge, token } = place;
    const { action } = token;
    const code = codeOf(tenant, challenge, codeKind);
    const isWaiting = () => isAlive(tenant, token) && action.state === "CHALLENGE_REQUIRED";
    if (reaction === "send again" && isWaiting() && SENT.includes(challenge.method)) {
      leave(tenant, place);
      const again = await choose(scene, visit, action, challenge.method, () => visit.resend());
      if (again) tenant.visits.push({ ...place, challenge: again });
      return;
    }
    const isBack = expectation(scene, place, reaction, code);
    const result = await react(visit, challenge, reaction, code).catch(errorOfPage);
    assert.equal(result !== undefined, isBack, `they are back in the app: ${JSON.stringify(result)}`);
    if (result) noteToken(tenant, result.token, action);
    // Who answers by a link leaves the page where it is.
    const isAnswer = reaction === "pass" || reaction === "deny";
    const isElsewhere = wayOf(challenge) === "link" && isAnswer;
    const isRefused = wayOf(challenge) === "device" && isAnswer;
    if (!isElsewhere && (isBack || isRefused || challenge.isGone || !isWaiting())) leave(tenant, place);
  },
  "visits",
);

/** Enters the right code of one action's challenge for another action. */
export const mixUp = kind(
  "mix up",
  [],
  fc.record({ pick, other: pick }),
  async ({ tenant, world }, { pick, other }) => {
    const place = picked(tenant.visits, pick);
    const token = picked(tenant.tokens, other);
    if (!place || !token || token.action === place.token.action) return;
    const challenge = place.challenge.id;
    const code = codeOf(tenant, place.challenge, "right");
    for (const [path, fields] of [
      ["enter", { code }],
      ["simulate", { answer: "approve" }],
    ] as const) {
      const body = new URLSearchParams({ token: token.text, challenge, ...fields });
      await world.post(`/challenge/${path}`, body);
    }
  },
  "visits",
);

/** The methods that are offered, the usual one first. */
function methodsFor(tenant: TenantModel, userId: string): Method[] {
  const usual = defaultMethodOf(tenant, userId);
  const others = methodsOf(tenant, userId).filter((method) => method !== usual);
  const hasCode = tenant.recoveryCodes.some((one) => one.userId === userId && !one.isSpent);
  return [...(usual ? [usual] : []), ...others, ...(hasCode ? (["RECOVERY_CODE"] as const) : [])];
}

/** Chooses a method; gives the challenge, which may be one that was begun before, unless its message cannot be sent. */
async function choose(
  { model, tenant, world, name }: Scene,
  visit: Visit,
  { userId, code: action, key }: ActionModel,
  method: Method,
  choose: () => Promise<Visit>,
): Promise<ChallengeModel | undefined> {
  const authenticator = enrolledBy(tenant, userId).findLast((row) => row.method === method);
  const { email, phoneNumber } = authenticator ?? {};
  const to = phoneNumber ?? email ?? userId;
  const wanted = { userId, action, key, method, to, email, phoneNumber, authenticator };
  const isSent = methodsFor(tenant, userId).includes(method) && send(model, tenant, wanted) === undefined;
  const chosen = await choose().catch(errorOfPage);
  assert.equal(chosen !== undefined, isSent, `${method} to ${to}`);
  if (!chosen) return undefined;
  const id = new URL(visit.url).searchParams.get("challenge") ?? "";
  const message = world.tenant(name).outbox.last({ to });
  assert.equal(message?.challengeId === id, SENT.includes(method), "a message for methods that have one");
  const expiresAt = tenant.now + CODE_LIFETIME;
  const begun = tenant.challenges.findLast((one) => isOpen(tenant, one) && isAlike(one, wanted));
  if (begun) {
    assert.equal(id, begun.id, "the same challenge goes on");
    begun.expiresAt = expiresAt;
    return begun;
  }
  const [code, link] = message?.challengeId === id ? [message.code, message.url] : [];
  const challenge: ChallengeModel = { ...wanted, id, code, link, expiresAt, ...UNTOUCHED };
  tenant.challenges.push(challenge);
  return challenge;
}

function isAlike(
  one: ChallengeModel,
  other: Omit<ChallengeModel, "id" | "expiresAt" | keyof typeof UNTOUCHED>,
): boolean {
  const fields = ["userId", "action", "key", "method", "to", "authenticator"] as const;
  return fields.every((field) => one[field] === other[field]);
}

async function react(visit: Visit, challenge: ChallengeModel, reaction: Reaction, code: string): Promise<VisitResult> {
  const way = wayOf(challenge);
  if (reaction === "cancel") return visit.cancel();
  if (reaction === "pass" && way === "code") return visit.enter(code);
  if (way === "code" || (reaction !== "pass" && reaction !== "deny")) return visit.continue();
  const page = way === "link" ? await visit.open(challenge.link) : visit;
  return reaction === "pass" ? page.approve() : page.deny();
}

function wayOf({ method }: ChallengeModel): "code" | "link" | "device" {
  if (method === "PASSKEY") return "device";
  return LINKS.includes(method) ? "link" : "code";
}

function errorOfPage(error: unknown): undefined {
  if (!(error instanceof VisitError)) throw error;
}

/** What a reaction does; tells whether it leads back to the app. */
function expectation(
  { model, tenant }: Scene,
  { challenge, token }: VisitModel,
  reaction: Reaction,
  code: string,
): boolean {
  const { action } = token;
  const way = wayOf(challenge);
  const isWaiting = action.state === "CHALLENGE_REQUIRED";
  const answer = reaction === "deny" && way === "code" ? "look" : reaction;
  if (way === "link" && (answer === "pass" || answer === "deny")) {
    // The link of a message works without the page that sent it.
    return tenant.actions.includes(action) && isWaiting && conclude(tenant, challenge, action, answer === "pass");
  }
  if (!isAlive(tenant, token) || (token.isUsed && !isWaiting)) return false;
  switch (answer) {
    case "cancel":
      return true;
    case "deny":
      return !isWaiting || conclude(tenant, challenge, action, false);
    case "pass": {
      if (!isWaiting) return true;
      if (challenge.isGone) return false;
      if (way === "device") return conclude(tenant, challenge, action, true);
      const result = tryCode(model, tenant, challenge, code);
      if (result === "VERIFIED") succeed(tenant, challenge, action);
      if (result === "MAX_ATTEMPTS_EXCEEDED") move(tenant, action, "CHALLENGE_FAILED");
      return result === "VERIFIED";
    }
    default:
      // Only the page that waits for a link has a way to go on without an answer.
      return way === "link" && !isWaiting;
  }
}

/** Approves or denies by a link or on a device; tells whether that is still possible. */
function conclude(tenant: TenantModel, challenge: ChallengeModel, action: ActionModel, isApproved: boolean): boolean {
  if (!isOpen(tenant, challenge)) return false;
  if (isApproved) verified(tenant, challenge);
  if (isApproved) succeed(tenant, challenge, action);
  else move(tenant, action, "CHALLENGE_FAILED");
  challenge.isSpent = true;
  return true;
}

function succeed(tenant: TenantModel, challenge: ChallengeModel, action: ActionModel): void {
  challenge.isSpent = true;
  const { method: verificationMethod, authenticator: verifiedBy } = challenge;
  move(tenant, action, "CHALLENGE_SUCCEEDED", { verificationMethod, verifiedBy });
}

function leave(tenant: TenantModel, place: VisitModel): void {
  tenant.visits = tenant.visits.filter((one) => one !== place);
}
