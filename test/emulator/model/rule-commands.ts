import fc from "fast-check";
import { kind } from "./command.ts";
import { action, amount, user } from "./population.ts";

const outcome = fc.constantFrom("ALLOW", "BLOCK", "CHALLENGE", "CHALLENGE", "REVIEW");

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

/** Either a pattern or a function asks for the amount. */
const rule = fc.record(
  { action, userId: user, amount, asksFunction: fc.boolean(), outcome },
  { requiredKeys: ["outcome", "asksFunction"] },
);

export const addRule = kind(
  "add rule",
  [],
  rule,
  async ({ tenant, world, name }, { amount, asksFunction, ...rule }) => {
    const ruleId = world.tenant(name).rules.add({
      ...rule,
      ...(amount !== undefined && !asksFunction && { where: { custom: { amount } } }),
      ...(asksFunction && { when: ({ action: { custom } }) => amount === undefined || custom?.amount === amount }),
    });
    tenant.rules.push({ ...rule, amount, ruleId, asksFunction });
  },
);

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
