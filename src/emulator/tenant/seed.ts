import { randomUUID } from "node:crypto";
import type * as Rows from "../state/rows.ts";
import type { State } from "../state/state.ts";
import { checkWebhooks } from "../webhooks/configuration.ts";
import { checkClock } from "./clock.ts";
import { fillRule } from "./rules.ts";

type Row<Name extends keyof Rows.Seed> = NonNullable<Rows.Seed[Name]> extends readonly (infer One)[] ? One : never;

/** Fills in what the row of a seed leaves out. */
export const fill = {
  user: (row: Row<"users">, now: string): Rows.User => ({
    ...row,
    createdAt: row.createdAt ?? now,
    emailVerified: row.emailVerified ?? false,
    phoneNumberVerified: row.phoneNumberVerified ?? false,
  }),
  authenticator: (row: Row<"authenticators">, now: string): Rows.Authenticator => ({
    ...row,
    userAuthenticatorId: row.userAuthenticatorId ?? randomUUID(),
    createdAt: row.createdAt ?? now,
    verifiedAt: row.verifiedAt ?? now,
  }),
  action: (row: Row<"actions">, now: string): Rows.Action => ({
    ...row,
    idempotencyKey: row.idempotencyKey ?? randomUUID(),
    actionId: row.actionId ?? randomUUID(),
    createdAt: row.createdAt ?? now,
    updatedAt: row.updatedAt ?? now,
    stateUpdatedAt: row.stateUpdatedAt ?? now,
    rules: row.rules ?? [],
    output: row.output ?? {},
  }),
  challenge: (row: Row<"challenges">, now: string): Rows.Challenge => ({
    ...row,
    challengeId: row.challengeId ?? randomUUID(),
    idempotencyKey: row.idempotencyKey ?? randomUUID(),
    code: row.code ?? "123456",
    key: row.key ?? randomUUID(),
    createdAt: row.createdAt ?? now,
    expiresAt: row.expiresAt ?? later(now, 10),
  }),
  session: (row: Row<"sessions">, now: string): Rows.Session => ({
    ...row,
    sessionId: row.sessionId ?? randomUUID(),
    createdAt: row.createdAt ?? now,
    accessTokenId: row.accessTokenId ?? randomUUID(),
    accessExpiresAt: row.accessExpiresAt ?? later(now, 60),
    refreshToken: row.refreshToken ?? randomUUID(),
    refreshExpiresAt: row.refreshExpiresAt ?? later(now, 30 * 24 * 60),
  }),
  call: (row: Row<"calls">, now: string): Rows.Call => ({
    ...row,
    messageId: row.messageId ?? randomUUID(),
    channel: row.channel ?? "WHATSAPP",
    actionCode: row.actionCode ?? "call",
    createdAt: row.createdAt ?? now,
  }),
  device: (row: Row<"devices">, now: string): Rows.Device => ({ ...row, createdAt: row.createdAt ?? now }),
  configuration: (row: Row<"configurations">): Rows.Configuration => ({
    ...row,
    authenticatorId: row.authenticatorId ?? `authenticator_${row.verificationMethod.toLowerCase()}`,
    isActive: row.isActive ?? true,
  }),
};

function later(time: string, minutes: number): string {
  return new Date(Date.parse(time) + minutes * 60_000).toISOString();
}

/** What an authenticator lacks for its method, in words; undefined when nothing. */
export function lackOf(row: Omit<Row<"authenticators">, "userId">): string | undefined {
  const needed = {
    SMS: "phoneNumber",
    WHATSAPP: "phoneNumber",
    EMAIL_OTP: "email",
    EMAIL_MAGIC_LINK: "email",
    AUTHENTICATOR_APP: "otpUri",
    PASSKEY: "credentialId",
  } as const satisfies Record<string, keyof typeof row>;
  const field = new Map(Object.entries(needed)).get(row.verificationMethod);
  return field && !row[field] ? `${field} is required for ${row.verificationMethod}` : undefined;
}

/** Everything a tenant holds, as a seed. */
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

/** @throws TypeError that names the row, when a seed holds what no tenant can. */
export function checkSeed({ users = [], authenticators = [], clock = {}, webhooks = {} }: Rows.Seed): void {
  authenticators.forEach((row, index) => {
    const lack = lackOf(row);
    if (lack) throw new TypeError(`authenticators[${index}]: ${lack}`);
  });
  const ids = { users: users.map((row) => row.userId), authenticators: authenticators.map((row) => row.credentialId) };
  for (const [table, rows] of Object.entries(ids)) checkUnique(table, rows);
  checkClock(clock);
  checkWebhooks(webhooks);
}

/**
 * Replaces everything that a tenant holds by a seed.
 * @param nowOf Reads the clock, once it is set.
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
    for (const user of users) state.users.put(fill.user(user, now));
    for (const { userId } of [...authenticators, ...(seed.recoveryCodes ?? []), ...actions, ...devices, ...sessions]) {
      if (!state.users.get(userId)) state.users.put(fill.user({ userId }, now));
    }
    for (const row of authenticators) state.authenticators.put(fill.authenticator(row, now));
    for (const row of seed.recoveryCodes ?? []) state.recoveryCodes.put(row);
    for (const row of actions) state.actions.put(fill.action(row, now));
    for (const row of seed.challenges ?? []) state.challenges.put(fill.challenge(row, now));
    for (const row of sessions) state.sessions.put(fill.session(row, now));
    for (const row of devices) state.devices.put(fill.device(row, now));
    for (const row of seed.calls ?? []) state.calls.put(fill.call(row, now));
    for (const row of seed.messages ?? []) state.messages.put(row);
    for (const row of seed.usedTokens ?? []) state.usedTokens.put(row);
    for (const row of seed.quotas ?? []) state.quotas.put(row);
    for (const row of seed.deliveries ?? []) state.deliveries.put(row);
    for (const row of seed.logRecords ?? []) state.logRecords.put(row);
    for (const row of seed.timeline ?? []) state.timeline.put(row);
    state.rules.value = (seed.rules ?? []).map(fillRule);
    state.outcomes.value = seed.outcomes ?? [];
    state.configurations.value = configurations?.map(fill.configuration);
    state.webhooks.value = seed.webhooks;
    state.signingKey.value = seed.signingKey;
  });
}

/** @throws TypeError when two rows have the same id. */
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
