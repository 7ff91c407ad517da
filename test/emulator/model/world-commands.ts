import { strict as assert } from "node:assert";
import fc from "fast-check";
import { LATE, UNREACHABLE } from "./codes.ts";
import { kind } from "./command.ts";
import { emptyTenant } from "./data.ts";
import { action, amount, email, user } from "./population.ts";
import { answered, plain } from "./world.ts";

const outcome = fc.constantFrom("ALLOW", "BLOCK", "CHALLENGE", "CHALLENGE", "REVIEW");
const steps = fc.constantFrom("1s", "29s", "30s", "5m", "599s", "10m", "1h", "29d", "30d", "-1s", "-5m", "-1h", "-30d");
const rule = fc.record({ action, userId: user, amount, outcome }, { requiredKeys: ["outcome"] });

export const setRule = kind(
  "rule",
  [],
  fc.record({ action, outcome }),
  async ({ tenant, world, name }, { action, outcome }) => {
    const ruleId = `set:${action}`;
    world.tenant(name).rules.set(action, outcome);
    tenant.defaults = [...tenant.defaults.filter((one) => one.ruleId !== ruleId), { ruleId, action, outcome }];
  },
);

export const addRule = kind("add rule", [], rule, async ({ tenant, world, name }, { amount, ...rule }) => {
  const where = amount === undefined ? {} : { where: { custom: { amount } } };
  const ruleId = world.tenant(name).rules.add({ ...rule, ...where });
  tenant.rules.push({ ...rule, amount, ruleId });
});

export const removeRules = kind("remove rules", [], fc.boolean(), async ({ tenant, world, name }, isAll) => {
  const { rules } = world.tenant(name);
  if (isAll) {
    rules.clear();
    Object.assign(tenant, { rules: [], defaults: [], outcomes: [] });
    return;
  }
  const removed = tenant.rules.shift();
  if (removed) rules.remove(removed.ruleId);
});

export const queueOutcome = kind(
  "next outcome",
  [],
  fc.record({ outcome, action }, { requiredKeys: ["outcome"] }),
  async ({ tenant, world, name }, queued) => {
    world.tenant(name).rules.next(queued);
    tenant.outcomes.push(queued);
  },
);

export const moveClock = kind("move clock", [], steps, async ({ tenant, world, name }, step) => {
  const { clock } = world.tenant(name);
  const before = clock.milliseconds;
  clock.advance(step);
  tenant.now += clock.milliseconds - before;
  assert.equal(clock.milliseconds, tenant.now);
});

export const letClockRun = kind("let clock run", [], fc.constant("a moment"), async ({ tenant, world, name }) => {
  const { clock } = world.tenant(name);
  clock.unfreeze();
  const late = clock.milliseconds - tenant.now;
  assert(late >= 0 && late < 5_000, `the clock goes on from where it stood, not ${late} ms later`);
  clock.freeze(tenant.now);
});

export const takeSnapshot = kind("snapshot", [], fc.constant(""), async ({ model, tenant, world, name }) => {
  world.snapshots.set(name, world.tenant(name).snapshot());
  // Nobody can go back to a page that they have left.
  model.snapshots[name] = structuredClone({ ...tenant, visits: [] });
});

export const restoreSnapshot = kind("restore", [], fc.constant(""), async ({ model, world, name }) => {
  const snapshot = world.snapshots.get(name);
  const then = model.snapshots[name];
  if (!snapshot || !then) return;
  world.tenant(name).restore(snapshot);
  model.tenants[name] = structuredClone(then);
  assert.deepEqual(world.tenant(name).export(), snapshot.state);
});

export const exportAndImport = kind("export and import", [], fc.constant(""), async ({ world }) => world.move());

export const reset = kind("reset", [], fc.constant(""), async ({ model, tenant, world, name }) => {
  world.tenant(name).reset();
  for (const [table, rows] of Object.entries(world.tenant(name).export())) {
    assert.equal(Object.keys(rows).length, 0, table);
  }
  world.prepare(name);
  const { tokens, challenges, sessions } = tenant;
  for (const one of [...challenges, ...sessions]) one.isGone = true;
  model.tenants[name] = { ...emptyTenant(), tokens, challenges, sessions };
});

/** For emulators with a file. */
export const reopen = kind("reopen", [], fc.constant(""), async ({ world }) => world.reopen());

const call = fc.constantFrom("call-1", "call-2");
const channel = fc.constantFrom("SMS", "WHATSAPP", "EMAIL", undefined);
const callPhone = fc.constantFrom("+64270000000", UNREACHABLE, LATE);

export const startCall = kind(
  "start call",
  ["startCall"],
  fc.record({ referenceId: call, channel, phoneNumber: callPhone, email }),
  async ({ tenant, world, name }, { channel, phoneNumber, email, referenceId }) => {
    const known = tenant.calls.find((one) => one.referenceId === referenceId);
    const contact = channel === "EMAIL" ? { email } : { phoneNumber };
    const request = { referenceId, channel, ...contact };
    const answer = await answered(world.calls(name).startCall(request), known?.isFinished ? 409 : 200);
    if (!answer) return;
    const isSent = channel === "EMAIL" || phoneNumber !== UNREACHABLE;
    assert.equal(answer.errorCode, isSent ? undefined : "delivery_failed");
    if (isSent && !known) tenant.calls.push({ referenceId, isFinished: false });
    if (isSent) assert.equal(world.tenant(name).outbox.last()?.messageId, answer.messageId);
  },
);

export const finishCall = kind(
  "finish call",
  ["finishCall"],
  fc.record({ referenceId: call, state: fc.constantFrom("CHALLENGE_SUCCEEDED", "CHALLENGE_FAILED") }),
  async ({ tenant, world, name }, request) => {
    const known = tenant.calls.find(({ referenceId }) => referenceId === request.referenceId);
    const status = known ? (known.isFinished ? 409 : 200) : 404;
    const answer = await answered(world.calls(name).finishCall(request), status);
    if (answer && known) known.isFinished = true;
    if (answer) assert.deepEqual(answer, plain({ success: true }));
  },
);
