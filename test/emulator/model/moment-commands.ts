import { strict as assert } from "node:assert";
import fc from "fast-check";
import { kind } from "./command.ts";
import { emptyTenant, type Model, TENANTS } from "./data.ts";

// What brings everything to another place or time.

export const takeSnapshot = kind("snapshot", [], fc.constant(undefined), async ({ model, tenant, world, name }) => {
  const moment = { snapshot: world.tenant(name).snapshot(), state: world.tenant(name).export() };
  world.snapshots.set(name, moment);
  // A user cannot go back to a page that was left.
  model.snapshots[name] = structuredClone({ ...tenant, visits: [] });
});

export const restoreSnapshot = kind("restore", [], fc.constant(undefined), async ({ model, world, name }) => {
  const moment = world.snapshots.get(name);
  const then = model.snapshots[name];
  if (!moment || !then) return;
  world.tenant(name).restore(moment.snapshot);
  model.tenants[name] = structuredClone(then);
  assert.deepEqual(world.tenant(name).export(), moment.state);
});

export const exportAndImport = kind("export and import", [], fc.constant(undefined), async ({ model, world }) => {
  await world.move();
  forgetFunctions(model);
});

export const reset = kind("reset", [], fc.constant(undefined), async ({ model, tenant, world, name }) => {
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
export const reopen = kind("reopen", [], fc.constant(undefined), async ({ model, world }) => {
  await world.reopen();
  forgetFunctions(model);
});

/** The functions of rules are kept nowhere. Without them, their rules fit nothing. */
function forgetFunctions({ tenants }: Model): void {
  for (const name of TENANTS) tenants[name].rules = tenants[name].rules.filter(({ asksFunction }) => !asksFunction);
}
