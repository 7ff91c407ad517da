import { createPrivateKey } from "node:crypto";
import { checkClock } from "../state/clock.ts";
import { authenticatorProblem, withDefaults } from "../state/defaults.ts";
import type * as Rows from "../state/rows.ts";
import type { State } from "../state/state.ts";
import { checkWebhooks } from "../webhooks/configuration.ts";
import { isRsaKey } from "./jwt.ts";
import { fillRule } from "./rules.ts";

/** Returns everything that a tenant holds, as a seed. */
export function exportState(state: State): Rows.Seed {
  const { clock, rules, outcomes, configurations, webhooks, signingKey, ...tables } = state;
  return structuredClone({
    clock: clock.value,
    users: [...tables.users],
    authenticators: [...tables.authenticators],
    recoveryCodes: [...tables.recoveryCodes],
    actions: [...tables.actions],
    challenges: [...tables.challenges],
    sessions: [...tables.sessions],
    devices: [...tables.devices],
    calls: [...tables.calls],
    messages: [...tables.messages],
    rules: [...rules.value],
    outcomes: [...outcomes.value],
    ...(configurations.value && { configurations: [...configurations.value] }),
    usedTokens: [...tables.usedTokens],
    quotas: [...tables.quotas],
    ...(webhooks.value && { webhooks: webhooks.value }),
    deliveries: [...tables.deliveries],
    logRecords: [...tables.logRecords],
    timeline: [...tables.timeline],
    ...(signingKey.value && { signingKey: signingKey.value }),
  });
}

/** Checks what the schema of a seed cannot express. @throws TypeError that names the row. */
export function checkSeed({ users = [], authenticators = [], clock = {}, webhooks = {}, signingKey }: Rows.Seed): void {
  authenticators.forEach((row, index) => {
    const problem = authenticatorProblem(row);
    if (problem) throw new TypeError(`authenticators[${index}]: ${problem}`);
  });
  const ids = { users: users.map((row) => row.userId), authenticators: authenticators.map((row) => row.credentialId) };
  for (const [table, rows] of Object.entries(ids)) checkUnique(table, rows);
  checkClock(clock);
  checkWebhooks(webhooks);
  if (signingKey !== undefined) checkSigningKey(signingKey);
}

/** @throws TypeError without the key. */
function checkSigningKey(pem: string): void {
  try {
    if (isRsaKey(createPrivateKey(pem))) return;
  } catch {
    // The cause is not kept: it may quote the key.
  }
  throw new TypeError("signingKey must be a private RSA key of at least 2,048 bits, in PEM");
}

/**
 * Replaces everything that a tenant holds by a seed.
 * @param nowOf Returns the time of the tenant. It is called after the clock of the seed is set.
 * @throws TypeError as `checkSeed` does. Nothing is changed then.
 */
export function importState(state: State, original: Rows.Seed, nowOf: () => string): void {
  const seed = structuredClone(original);
  const { users = [], authenticators = [], actions = [], devices = [], sessions = [], configurations } = seed;
  checkSeed(seed);
  state.transaction(() => {
    clearState(state);
    state.clock.value = seed.clock ?? {};
    const now = nowOf();
    for (const user of users) state.users.put(withDefaults.user(user, now));
    for (const { userId } of [...authenticators, ...(seed.recoveryCodes ?? []), ...actions, ...devices, ...sessions]) {
      if (!state.users.get(userId)) state.users.put(withDefaults.user({ userId }, now));
    }
    for (const row of authenticators) state.authenticators.put(withDefaults.authenticator(row, now));
    for (const row of seed.recoveryCodes ?? []) state.recoveryCodes.put(row);
    for (const row of actions) state.actions.put(withDefaults.action(row, now));
    for (const row of seed.challenges ?? []) state.challenges.put(withDefaults.challenge(row, now));
    for (const row of sessions) state.sessions.put(withDefaults.session(row, now));
    for (const row of devices) state.devices.put(withDefaults.device(row, now));
    for (const row of seed.calls ?? []) state.calls.put(withDefaults.call(row, now));
    for (const row of seed.messages ?? []) state.messages.put(row);
    for (const row of seed.usedTokens ?? []) state.usedTokens.put(row);
    for (const row of seed.quotas ?? []) state.quotas.put(row);
    for (const row of seed.deliveries ?? []) state.deliveries.put(row);
    for (const row of seed.logRecords ?? []) state.logRecords.put(row);
    for (const row of seed.timeline ?? []) state.timeline.put(row);
    state.rules.value = (seed.rules ?? []).map(fillRule);
    state.outcomes.value = seed.outcomes ?? [];
    state.configurations.value = configurations?.map(withDefaults.configuration);
    state.webhooks.value = seed.webhooks;
    state.signingKey.value = seed.signingKey;
  });
}

/** Checks that all ids of a table differ. @throws TypeError when two rows have the same id. */
function checkUnique(table: string, ids: readonly (string | undefined)[]): void {
  const seen = new Set<string>();
  ids.forEach((id, index) => {
    if (id !== undefined && seen.has(id)) throw new TypeError(`${table}[${index}]: ${id} is there twice`);
    if (id !== undefined) seen.add(id);
  });
}

function clearState(state: State): void {
  const { clock, rules, outcomes, configurations, webhooks, signingKey, ...tables } = state;
  for (const table of Object.values(tables)) table.clear();
}
