import { strict as assert } from "node:assert";
import fc from "fast-check";
import { UserActionState } from "../../../src/index.ts";
import { actionOf, move, noteToken, track } from "./actions.ts";
import { kind } from "./command.ts";
import { defaultMethodOf, methodsOf } from "./people.ts";
import { action, amount, device, email, key, phone, pick, picked, user } from "./population.ts";
import { answered, plain } from "./world.ts";

const name = fc.record({ userId: user, code: action, key });
const state = fc.constantFrom(...Object.values(UserActionState));
const details = fc.record(
  { email, phoneNumber: phone, username: fc.constantFrom("jo", "mo"), deviceId: device, amount },
  { requiredKeys: [] },
);

const DAY = 86_400_000;

export const trackAction = kind(
  "track",
  ["track"],
  fc.record({ name, details, challenge: fc.option(pick, { freq: 3 }) }),
  async (
    { tenant, server, world },
    { name: { userId, code, key }, details: { amount, ...details }, challenge: index },
  ) => {
    const challenge = index === null ? undefined : picked(tenant.challenges, index);
    const attributes = {
      ...details,
      idempotencyKey: key,
      challengeId: challenge?.id,
      redirectUrl: "http://localhost:3000/back?from=bank",
      ...(amount !== undefined && { custom: { amount } }),
    };
    const answer = await server.track({ userId, action: code, attributes });
    const tracked = track(tenant, { userId, code, key, amount, challenge, ...details });
    assert.deepEqual(
      { ...answer, token: "", allowedVerificationMethods: [] },
      plain({
        state: tracked.state,
        idempotencyKey: key,
        ruleIds: tracked.ruleIds,
        isEnrolled: methodsOf(tenant, userId).length > 0,
        enrolledVerificationMethods: methodsOf(tenant, userId),
        allowedVerificationMethods: [],
        defaultVerificationMethod: defaultMethodOf(tenant, userId),
        url: world.pageOf(answer.token),
        token: "",
      }),
    );
    noteToken(tenant, answer.token, tracked);
  },
);

export const readAction = kind(
  "read action",
  ["getAction"],
  name,
  async ({ tenant, server }, { userId, code, key }) => {
    const known = actionOf(tenant, userId, code, key);
    const answer = await answered(server.getAction({ userId, action: code, idempotencyKey: key }), known ? 200 : 404);
    if (!known || !answer) return;
    assert.deepEqual(
      [answer.state, Date.parse(answer.createdAt), Date.parse(answer.stateUpdatedAt), answer.verificationMethod],
      [known.state, known.createdAt, known.stateUpdatedAt, known.verificationMethod],
    );
    assert.deepEqual([answer.ruleIds, answer.priorityRuleId], [known.ruleIds, known.ruleIds[0]]);
  },
);

export const listActions = kind(
  "list actions",
  ["queryUserActions"],
  fc.record({
    userId: user,
    actionCodes: fc.subarray(["signIn", "withdraw"]),
    state: fc.option(state),
    days: fc.option(fc.nat(40)),
  }),
  async ({ tenant, server }, { userId, actionCodes, state, days }) => {
    const from = tenant.now - (days ?? 30) * DAY;
    const fromDate = days === null ? undefined : new Date(from).toISOString();
    const answer = await server.queryUserActions({ userId, actionCodes, state: state ?? undefined, fromDate });
    const wanted = tenant.actions.filter(
      (one) =>
        one.userId === userId &&
        (actionCodes.length === 0 || actionCodes.some((code) => code === one.code)) &&
        (state === null || one.state === state) &&
        one.createdAt >= Math.max(from, tenant.now - 30 * DAY),
    );
    assert.deepEqual(
      answer.map(({ actionCode, idempotencyKey }) => `${actionCode} ${idempotencyKey}`).sort(),
      wanted.map(({ code, key }) => `${code} ${key}`).sort(),
    );
  },
);

export const moveAction = kind(
  "move action",
  ["updateAction"],
  fc.record({ name, pick: fc.option(pick, { freq: 3 }), state }),
  async ({ tenant, server }, { name, pick, state }) => {
    const { userId, code, key } = (pick === null ? undefined : picked(tenant.actions, pick)) ?? name;
    const known = actionOf(tenant, userId, code, key);
    const request = { userId, action: code, idempotencyKey: key, attributes: { state } };
    const answer = await answered(server.updateAction(request), known ? 200 : 404);
    if (!known) return;
    move(tenant, known, state);
    assert.equal(answer?.state, state);
  },
  "actions",
);
