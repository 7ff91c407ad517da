import fc from "fast-check";
import { moveAction, type readAction, trackAction } from "./action-commands.ts";
import {
  type CodeKind,
  claimChallenge,
  codeKind,
  readChallenge,
  sendable,
  startChallenge,
  verifyChallenge,
} from "./challenge-commands.ts";
import { kind, type Scene } from "./command.ts";
import { exportAndImport, restoreSnapshot, takeSnapshot } from "./moment-commands.ts";
import { mixUp, openPage, reactOnPage } from "./page-commands.ts";
import { enrollMethod, method } from "./people-commands.ts";
import { action, client, credential, email, key, phone, user } from "./population.ts";
import { addRule, queueOutcome, removeRules } from "./rule-commands.ts";
import { createSession } from "./session-commands.ts";
import { meetDeadline, moveClock } from "./time-commands.ts";

// What people really do, in one command, so that sequences get far. All of it is done to the newest of each.

type Name = Parameters<typeof readAction.run>[1];
type Enrollment = Omit<Parameters<typeof enrollMethod.run>[1], "phone" | "isDefault">;

const newest = { pick: 0, forgery: "none", place: 0 } as const;
const usualPhone = "+64270000000";

/** How long after the next expiry a user comes. */
const late = fc.constantFrom("in time", "in time", "in time", "just in time", "too late");

function wait(scene: Scene, ending: "token" | "challenge", late: string): Promise<void> {
  if (late === "in time") return Promise.resolve();
  return meetDeadline.run(scene, { ending, pick: 0, isBefore: late === "just in time" });
}

/** Makes an action that waits, and opens its page at one of the methods, perhaps an hour before the action was tracked. */
async function ask(
  scene: Scene,
  { choice, isEarly, ...input }: Name & { choice: number; isEarly?: boolean },
): Promise<void> {
  const { userId, code, key } = input;
  await queueOutcome.run(scene, { outcome: "CHALLENGE", action: code });
  await trackAction.run(scene, { name: { userId, code, key }, details: {}, challenge: null });
  if (isEarly) await moveClock.run(scene, ["-1h", -3_600_000]);
  await openPage.run(scene, { ...newest, method: choice });
}

async function react(scene: Scene, reaction: "pass" | "deny", codeKind: CodeKind = "right"): Promise<void> {
  if (scene.tenant.visits.length > 0) await reactOnPage.run(scene, { pick: 0, reaction, codeKind });
}

const enrolled = { userId: user, method, email, credential };

function enroll(scene: Scene, input: Enrollment): Promise<void> {
  return enrollMethod.run(scene, { ...input, phone: usualPhone, isDefault: false });
}

export const stepUp = kind(
  "step up",
  [],
  fc.record({
    ...enrolled,
    code: action,
    key,
    choice: fc.nat(3),
    isBegun: fc.boolean(),
    isEarly: fc.constantFrom(false, false, false, true),
    late,
    passes: fc.boolean(),
  }),
  async (scene, { isBegun, late, passes, ...input }) => {
    await enroll(scene, input);
    const { method, userId, ...rest } = input;
    if (isBegun && (method === "SMS" || method === "EMAIL_OTP")) {
      await startChallenge.run(scene, { ...rest, method, phone: usualPhone, details: { userId } });
    }
    await ask(scene, input);
    await wait(scene, "challenge", late);
    if (passes) await react(scene, "pass");
  },
);

/** Passes two actions in the same way, the second perhaps with a code that was used before. */
export const stepUpTwice = kind(
  "step up twice",
  [],
  fc.record({ ...enrolled, code: action, choice: fc.nat(3), codeKind }),
  async (scene, { codeKind, ...input }) => {
    await enroll(scene, input);
    await ask(scene, { ...input, key: "1" });
    await react(scene, "pass");
    await ask(scene, { ...input, key: "2" });
    await react(scene, "pass", codeKind);
  },
);

/** Says no, and yes after all when the action waits again; then for an action for which it was not asked. */
export const changeMind = kind(
  "change mind",
  [],
  fc.record({ ...enrolled, code: action, choice: fc.nat(3) }),
  async (scene, input) => {
    await enroll(scene, input);
    const name = { userId: input.userId, code: input.code, key: "1" } as const;
    await ask(scene, { ...input, ...name });
    await react(scene, "deny");
    await moveAction.run(scene, { name, pick: null, state: "CHALLENGE_REQUIRED" });
    await react(scene, "pass");
    await ask(scene, { ...input, key: "2" });
    await ask(scene, { ...input, key: "3" });
    if (scene.tenant.visits.length > 0) await mixUp.run(scene, { pick: 0, other: 1 });
  },
);

export const signIn = kind(
  "sign in",
  [],
  fc.record({
    userId: user,
    code: action,
    key,
    email,
    clientId: client,
    isEnrolled: fc.boolean(),
    late,
    hasSession: fc.boolean(),
  }),
  async (scene, { userId, code, key, email, clientId, isEnrolled, late, hasSession }) => {
    if (isEnrolled) await enroll(scene, { userId, method: "EMAIL_OTP", email, credential: "Y3JlZC1vbmU" });
    await startChallenge.run(scene, { method: "EMAIL_OTP", code, key, email, phone: usualPhone, details: {} });
    if (scene.tenant.challenges.length === 0) return;
    await verifyChallenge.run(scene, { pick: 0, codeKind: "right" });
    await wait(scene, "challenge", late);
    await claimChallenge.run(scene, { pick: 0, userId, skip: undefined });
    if (hasSession && scene.tenant.tokens.length > 0)
      await createSession.run(scene, { ...newest, clientId, code: null });
  },
);

/** Passes a challenge first, and tracks two actions with it. */
export const tie = kind(
  "tie",
  [],
  fc.record({ ...enrolled, owner: fc.option(user), code: action, other: fc.option(action), late, isOwn: fc.boolean() }),
  async (scene, { owner, code, other, late, isOwn, ...input }) => {
    await enroll(scene, isOwn ? { ...input, method: "EMAIL_OTP" } : input);
    const details = owner === null ? {} : { userId: owner };
    await startChallenge.run(scene, { ...input, method: "EMAIL_OTP", code, key: "1", phone: usualPhone, details });
    if (scene.tenant.challenges.length === 0) return;
    await verifyChallenge.run(scene, { pick: 0, codeKind: "right" });
    await wait(scene, "challenge", late);
    for (const key of ["2", "3"] as const) {
      await queueOutcome.run(scene, { outcome: "CHALLENGE", action: other ?? code });
      const name = { userId: input.userId, code: other ?? code, key };
      await trackAction.run(scene, { name, details: {}, challenge: 0 });
    }
  },
);

/** Has messages sent until there are too many, and again when the first of them count no more. */
export const nag = kind(
  "nag",
  [],
  fc.record({ method: sendable, code: action, key, phone, email, count: fc.integer({ min: 3, max: 8 }) }),
  async (scene, { count, ...input }) => {
    for (let sent = 0; sent < count; sent += 1) await startChallenge.run(scene, { ...input, details: {} });
    await readChallenge.run(scene, { action: input.code, method: input.method });
    await moveClock.run(scene, ["599s", 599_000]);
    await startChallenge.run(scene, { ...input, details: {} });
    await moveClock.run(scene, ["1s", 1_000]);
    await startChallenge.run(scene, { ...input, details: {} });
  },
);

/** Goes back to when there was a rule with a function, and tracks something. */
export const goBack = kind(
  "go back",
  [],
  fc.record({ userId: user, code: action, key, isMoved: fc.boolean() }),
  async (scene, { isMoved, ...name }) => {
    await addRule.run(scene, { outcome: "BLOCK", asksFunction: true });
    await takeSnapshot.run(scene, undefined);
    if (isMoved) await exportAndImport.run(scene, undefined);
    else await removeRules.run(scene, true);
    await restoreSnapshot.run(scene, undefined);
    const then = { ...scene, tenant: scene.model.tenants[scene.name] };
    await trackAction.run(then, { name, details: {}, challenge: null });
  },
);

/** Tries codes until there were too many. */
export const guess = kind(
  "guess",
  [],
  fc.record({ count: fc.integer({ min: 5, max: 11 }), isOnPage: fc.boolean() }),
  async (scene, { count, isOnPage }) => {
    for (let tried = 0; tried < count; tried += 1) {
      if (isOnPage) await react(scene, "pass", "wrong");
      else await verifyChallenge.run(scene, { pick: 0, codeKind: "wrong" });
    }
  },
  "challenges",
);
