import fc from "fast-check";
import { trackAction } from "./action-commands.ts";
import { claimChallenge, startChallenge, verifyChallenge } from "./challenge-commands.ts";
import { kind } from "./command.ts";
import { openPage, reactOnPage } from "./page-commands.ts";
import { enrolMethod, method } from "./people-commands.ts";
import { action, client, credential, email, key, user } from "./population.ts";
import { createSession } from "./session-commands.ts";
import { queueOutcome } from "./world-commands.ts";

// What people really do, in one command, so that sequences get far. All of it goes to the newest of each.

const newest = { pick: 0, forgery: "none", place: 0 } as const;
const phone = "+64270000000";

export const stepUp = kind(
  "step up",
  [],
  fc.record({
    userId: user,
    code: action,
    key,
    method,
    email,
    credential,
    choice: fc.nat(3),
    isBegun: fc.boolean(),
    passes: fc.boolean(),
  }),
  async (scene, { userId, code, key, choice, isBegun, passes, ...enrolled }) => {
    await enrolMethod.run(scene, { userId, phone, isDefault: false, ...enrolled });
    await queueOutcome.run(scene, { outcome: "CHALLENGE", action: code });
    await trackAction.run(scene, { name: { userId, code, key }, details: {}, challenge: null });
    const { method, email } = enrolled;
    if (isBegun && (method === "SMS" || method === "EMAIL_OTP")) {
      await startChallenge.run(scene, { method, code, key, email, phone, details: { userId } });
    }
    await openPage.run(scene, { ...newest, method: choice });
    if (passes) await reactOnPage.run(scene, { pick: 0, reaction: "pass", codeKind: "right" });
  },
);

export const signIn = kind(
  "sign in",
  [],
  fc.record({ userId: user, code: action, key, email, clientId: client, hasSession: fc.boolean() }),
  async (scene, { userId, code, key, email, clientId, hasSession }) => {
    await startChallenge.run(scene, { method: "EMAIL_OTP", code, key, email, phone, details: {} });
    if (scene.tenant.challenges.length === 0) return;
    await verifyChallenge.run(scene, { pick: 0, codeKind: "right" });
    await claimChallenge.run(scene, { pick: 0, userId, skip: undefined });
    if (hasSession) await createSession.run(scene, { ...newest, clientId, code: null });
  },
);
