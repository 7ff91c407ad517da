import { strict as assert } from "node:assert";
import fc from "fast-check";
import { type Visit, VisitError, type VisitResult } from "../../../src/emulator/index.ts";
import { isAlive, move, noteToken } from "./actions.ts";
import { codeKind, codeOf, UNTOUCHED } from "./challenge-commands.ts";
import { CODE_LIFETIME, isOpen, send, tryCode, verified } from "./codes.ts";
import { type Kind, kind, type Scene } from "./command.ts";
import type { ActionModel, ChallengeModel, Method, Model, TenantModel, VisitModel } from "./data.ts";
import { defaultMethodOf, enrolledBy, methodsOf } from "./people.ts";
import { forge, forgery, pick, picked } from "./population.ts";

const LINKS: Method[] = ["EMAIL_MAGIC_LINK", "PUSH"];

/** What somebody does who was asked to pass a challenge. */
const reaction = fc.constantFrom("pass", "pass", "pass", "deny", "cancel", "look", "send again");
type Reaction = "pass" | "deny" | "cancel" | "look" | "send again";

/** People on the challenge pages. */
export const pageKinds: Kind[] = [
  kind(
    "open page",
    ["track"],
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
        noteToken(tenant, (await visit.continue()).token, action);
        return;
      }
      const methods = methodsFor(tenant, action.userId);
      assert.deepEqual([...visit.methods].sort(), [...methods].sort());
      assert.equal(visit.methods[0], methods[0], "the usual method comes first");
      const chosen = methods[method % methods.length];
      if (chosen === undefined) return;
      const challenge = await choose(scene, visit, action, chosen, () => visit.choose(chosen));
      if (!challenge) return;
      tenant.visits.push({ id: world.visits.push(visit) - 1, token, challenge });
    },
  ),

  kind("react", ["track"], fc.record({ pick, reaction, codeKind }), async (scene, { pick, reaction, codeKind }) => {
    const { model, tenant, world } = scene;
    const place = picked(tenant.visits, pick);
    const visit = world.visits[place?.id ?? -1];
    if (!place || !visit) return;
    const { challenge, token } = place;
    const { action } = token;
    const isWaiting = action.state === "CHALLENGE_REQUIRED";
    const code = codeOf(tenant, challenge, codeKind);
    if (reaction === "send again" && isAlive(tenant, token) && isWaiting && isSent(challenge)) {
      const again = await choose(scene, visit, action, challenge.method, () => visit.resend());
      leave(tenant, place);
      if (again) tenant.visits.push({ ...place, challenge: again });
      return;
    }
    const result = await arrival(react(visit, challenge, reaction, code));
    const reached =
      LINKS.includes(challenge.method) && (reaction === "pass" || reaction === "deny")
        ? expectLink(tenant, challenge, action, reaction)
        : isAlive(tenant, token) && (isWaiting ? expectWaiting(model, tenant, place, reaction, code) : action);
    assert.equal(result !== undefined, reached !== false, `they are back in the app: ${JSON.stringify(result)}`);
    if (result && reached) noteToken(tenant, result.token, reached);
    const staysHere = isAlive(tenant, token) && action.state === "CHALLENGE_REQUIRED";
    if (!staysHere || reached) leave(tenant, place);
  }),
];

function methodsFor(tenant: TenantModel, userId: string): Method[] {
  const usual = defaultMethodOf(tenant, userId);
  const others = methodsOf(tenant, userId).filter((method) => method !== usual);
  const hasCode = tenant.recoveryCodes.some((one) => one.userId === userId && !one.isSpent);
  return [...(usual ? [usual] : []), ...others, ...(hasCode ? (["RECOVERY_CODE"] as const) : [])];
}

/** Chooses a method; gives the new challenge, unless its message cannot be sent. */
async function choose(
  { model, tenant, world, name }: Scene,
  visit: Visit,
  { userId, code: action, key }: ActionModel,
  method: Method,
  choose: () => Promise<Visit>,
): Promise<ChallengeModel | undefined> {
  const authenticator = enrolledBy(tenant, userId).findLast((row) => row.method === method);
  const { email, phoneNumber } = authenticator ?? {};
  const to = phoneNumber ?? email ?? authenticator?.id ?? userId;
  const trouble = send(model, tenant, { method, to });
  const chosen = await choose().catch(errorOfPage);
  assert.equal(chosen !== undefined, trouble === undefined, `${method} to ${to}`);
  if (!chosen) return undefined;
  const id = new URL(visit.url).searchParams.get("challenge") ?? "";
  const message = world
    .tenant(name)
    .outbox.list({ to })
    .findLast(({ challengeId }) => challengeId === id);
  const challenge: ChallengeModel = {
    ...{ id, userId, action, key, method, to, email, phoneNumber, authenticator },
    ...{ code: message?.code, link: message?.url, expiresAt: tenant.now + CODE_LIFETIME },
    ...UNTOUCHED,
  };
  assert.equal(message !== undefined, isSent(challenge), "a message for methods that have one");
  tenant.challenges.push(challenge);
  return challenge;
}

function isSent({ method }: ChallengeModel): boolean {
  return ["SMS", "WHATSAPP", "EMAIL_OTP", "EMAIL_MAGIC_LINK"].includes(method);
}

async function react(visit: Visit, challenge: ChallengeModel, reaction: Reaction, code: string): Promise<VisitResult> {
  const isLink = LINKS.includes(challenge.method);
  const isCode = !isLink && challenge.method !== "PASSKEY";
  if (reaction === "cancel") return visit.cancel();
  if (reaction === "look" || reaction === "send again" || (reaction === "deny" && isCode)) return visit.continue();
  if (isCode) return visit.enter(code);
  const page = isLink ? await visit.open(challenge.link) : visit;
  return reaction === "pass" ? page.approve() : page.deny();
}

async function arrival(result: Promise<VisitResult>): Promise<VisitResult | undefined> {
  return result.catch(errorOfPage);
}

function errorOfPage(error: unknown): undefined {
  if (!(error instanceof VisitError)) throw error;
}

/** What becomes of an action that waits; the action when the person is back in the app. */
function expectWaiting(
  model: Model,
  tenant: TenantModel,
  { challenge, token: { action } }: VisitModel,
  reaction: Reaction,
  code: string,
): ActionModel | false {
  if (reaction === "cancel") return action;
  if (reaction !== "pass" && reaction !== "deny") return false;
  if (challenge.method === "PASSKEY") return expectAnswer(tenant, challenge, action, reaction);
  if (reaction === "deny") return false;
  const result = tryCode(model, tenant, challenge, code);
  if (result === "VERIFIED") return succeed(tenant, challenge, action);
  if (result === "MAX_ATTEMPTS_EXCEEDED") move(tenant, action, "CHALLENGE_FAILED");
  return false;
}

/** A link works without the page that it came from, but only for an action that waits. */
function expectLink(tenant: TenantModel, challenge: ChallengeModel, action: ActionModel, reaction: "pass" | "deny") {
  if (!tenant.actions.includes(action) || action.state !== "CHALLENGE_REQUIRED") return false;
  return expectAnswer(tenant, challenge, action, reaction);
}

function expectAnswer(tenant: TenantModel, challenge: ChallengeModel, action: ActionModel, reaction: "pass" | "deny") {
  if (!isOpen(tenant, challenge)) return false;
  challenge.isSpent = true;
  if (reaction === "pass") {
    verified(tenant, challenge);
    return succeed(tenant, challenge, action);
  }
  move(tenant, action, "CHALLENGE_FAILED");
  return action;
}

function succeed(tenant: TenantModel, challenge: ChallengeModel, action: ActionModel): ActionModel {
  challenge.isSpent = true;
  move(tenant, action, "CHALLENGE_SUCCEEDED", {
    verificationMethod: challenge.method,
    verifiedBy: challenge.authenticator,
  });
  return action;
}

function leave(tenant: TenantModel, place: VisitModel): void {
  tenant.visits = tenant.visits.filter((one) => one !== place);
}
