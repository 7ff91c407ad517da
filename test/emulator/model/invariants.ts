import { strict as assert } from "node:assert";
import { isAlive } from "./actions.ts";
import {
  type ActionModel,
  type AuthenticatorModel,
  type Model,
  type SessionModel,
  TENANTS,
  type TenantModel,
  type TenantName,
  type UserModel,
} from "./data.ts";
import { defaultMethodOf, enrolledBy, methodsOf } from "./people.ts";
import { ACTIONS, KEYS, USERS } from "./population.ts";
import { answered, plain, type World } from "./world.ts";

// What always holds, whatever was done.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/**
 * Something of everything reads back as the model says, each time something else: first of the tenant that was touched.
 * What is missed is found at the end. Nothing was answered that is not in the spec.
 */
export async function checkInvariants(model: Model, world: World, touched: TenantName): Promise<void> {
  const tenant = model.tenants[touched];
  model.turn += 1;
  await checkUser(tenant, world, touched, USERS[model.turn % USERS.length] ?? USERS[0]);
  for (const name of TENANTS) {
    if (name !== touched && model.turn % 4 === 0) await checkUser(model.tenants[name], world, name, USERS[0]);
  }
  await checkDeadTokens(tenant, world, touched, 1);
  for (const session of tenant.sessions.slice(-1)) await checkAccess(tenant, world, touched, session);
  world.checkRequests();
}

/** The same for all that was ever given out. It uses it up, so that it comes last. */
export async function checkEnd(model: Model, world: World): Promise<void> {
  for (const name of TENANTS) {
    const tenant = model.tenants[name];
    for (const userId of USERS) {
      await checkUser(tenant, world, name, userId);
      await checkActions(tenant, world, name, userId);
    }
    await checkDeadTokens(tenant, world, name, Number.POSITIVE_INFINITY);
    for (const session of tenant.sessions) {
      await checkAccess(tenant, world, name, session);
      await checkRefresh(tenant, world, name, session);
    }
    for (const token of tenant.tokens) {
      const isValid = isAlive(tenant, token) && !token.isUsed && token.action.state === "CHALLENGE_SUCCEEDED";
      const answer = await world.server(name).validateChallenge({ token: token.text });
      assert.equal(answer.isValid, isValid);
      assert.equal((await world.server(name).validateChallenge({ token: token.text })).isValid, false, "works once");
    }
  }
  world.checkRequests();
}

async function checkUser(tenant: TenantModel, world: World, name: TenantName, userId: string): Promise<void> {
  const server = world.server(name);
  const user = tenant.users.find((one) => one.userId === userId);
  const { allowedVerificationMethods: _allowed, ...details } = await server.getUser({ userId });
  const { userId: _userId, createdAt: _createdAt, ...known } = user ?? NO_USER;
  const methods = methodsOf(tenant, userId);
  assert.deepEqual(
    details,
    plain({
      ...known,
      isEnrolled: methods.length > 0,
      enrolledVerificationMethods: methods,
      defaultVerificationMethod: defaultMethodOf(tenant, userId),
    }),
  );

  const rows = await server.getAuthenticators({ userId });
  const enrolled = enrolledBy(tenant, userId);
  learnIds(enrolled, rows);
  assert.deepEqual(
    rows
      .map(({ webauthnCredential, ...row }) => ({ ...row, credentialId: webauthnCredential?.credentialId }))
      .map(plain),
    enrolled
      .map(({ id, method, createdAt, verifiedAt, lastVerifiedAt, otpUri: _otpUri, lastPeriod: _last, ...row }) => ({
        ...row,
        userAuthenticatorId: id,
        verificationMethod: method,
        createdAt: time(createdAt),
        verifiedAt: time(verifiedAt),
        lastVerifiedAt: time(lastVerifiedAt),
        ...(method === "PASSKEY" && { username: user?.username, displayName: user?.displayName }),
      }))
      .map(plain),
  );

  const recent = tenant.actions.filter((one) => one.userId === userId && one.createdAt >= tenant.now - 30 * DAY);
  const listed = await server.queryUserActions({ userId });
  const order = listed.map(({ createdAt }) => createdAt);
  assert.deepEqual(order, [...order].sort().reverse(), "the newest comes first");
  assert.deepEqual(sorted(listed), sorted(recent.map(summaryOf)));

  assert.deepEqual(
    await server.getDevices({ userId }),
    tenant.devices
      .filter((one) => one.userId === userId)
      .map(({ createdAt, authenticatedAt, invalidatedAt, rememberedUntil, ...device }) =>
        plain({
          ...device,
          createdAt: time(createdAt),
          authenticatedAt: time(authenticatedAt),
          invalidatedAt: time(invalidatedAt),
          rememberedUntil: time(rememberedUntil),
        }),
      ),
  );
}

/** Notes the ids of what the service has enrolled without telling them. */
export function learnIds(
  enrolled: readonly AuthenticatorModel[],
  rows: readonly { userAuthenticatorId: string }[],
): void {
  rows.forEach(({ userAuthenticatorId }, index) => {
    const one = enrolled[index];
    if (one) one.id ??= userAuthenticatorId;
  });
}

const NO_USER: UserModel = { userId: "", createdAt: 0, emailVerified: false, phoneNumberVerified: false };

function summaryOf({
  code,
  key,
  createdAt,
  updatedAt,
  state,
  stateUpdatedAt,
  verificationMethod,
  verifiedBy,
}: ActionModel) {
  return {
    actionCode: code,
    idempotencyKey: key,
    createdAt: time(createdAt),
    updatedAt: time(updatedAt),
    state,
    stateUpdatedAt: time(stateUpdatedAt),
    verificationMethod,
    verifiedByAuthenticatorId: verifiedBy?.id,
  };
}

function sorted(rows: readonly { actionCode: string; idempotencyKey: string }[]): unknown[] {
  const nameOf = (row: { actionCode: string; idempotencyKey: string }) => `${row.actionCode} ${row.idempotencyKey}`;
  return rows.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other))).map(plain);
}

/** Every action that there can be is there, or is not. */
async function checkActions(tenant: TenantModel, world: World, name: TenantName, userId: string): Promise<void> {
  for (const code of ACTIONS) {
    for (const key of KEYS) {
      const known = tenant.actions.find((one) => one.userId === userId && one.code === code && one.key === key);
      const request = { userId, action: code, idempotencyKey: key };
      const answer = await answered(world.server(name).getAction(request), known ? 200 : 404);
      assert.deepEqual(
        [answer?.state, answer?.createdAt, answer?.stateUpdatedAt, answer?.verificationMethod, answer?.ruleIds],
        [known?.state, time(known?.createdAt), time(known?.stateUpdatedAt), known?.verificationMethod, known?.ruleIds],
      );
    }
  }
}

/** A token that was used, has expired or lost its action never validates and never makes a session. */
async function checkDeadTokens(tenant: TenantModel, world: World, name: TenantName, count: number): Promise<void> {
  const dead = tenant.tokens.filter((token) => token.isUsed || !isAlive(tenant, token));
  for (const { text: token } of dead.slice(-count)) {
    const { isValid, state } = await world.server(name).validateChallenge({ token });
    assert.deepEqual({ isValid, state }, { isValid: false, state: undefined }, "a dead token says nothing");
    await answered(world.server(name).createSession({ token, clientId: "app" }), 401);
  }
}

/** Of the access tokens of a session, the last works: as long as it lives, and as long as the session does. */
async function checkAccess(tenant: TenantModel, world: World, name: TenantName, session: SessionModel): Promise<void> {
  const { tokens, isRevoked, isGone, userId, verificationMethod } = session;
  for (const { access, issuedAt } of tokens.slice(-2)) {
    const isInForce = access === tokens.at(-1)?.access && !isRevoked && !isGone && tenant.now < issuedAt + HOUR;
    const answer = await answered(world.server(name).validateSession({ accessToken: access }), isInForce ? 200 : 401);
    if (!answer) continue;
    const user = tenant.users.find((one) => one.userId === userId);
    const { createdAt: _createdAt, defaultVerificationMethod: _method, ...known } = user ?? NO_USER;
    assert.deepEqual(answer, plain({ user: known, expiresAt: (issuedAt + HOUR) / 1_000, verificationMethod }));
    for (const other of TENANTS) {
      if (other !== name) await answered(world.server(other).validateSession({ accessToken: access }), 401);
    }
  }
}

/** Of the refresh tokens of a session, the last works, once. */
async function checkRefresh(tenant: TenantModel, world: World, name: TenantName, session: SessionModel): Promise<void> {
  const { tokens, isRevoked, isGone } = session;
  for (const { refresh, issuedAt } of tokens) {
    const isInForce = refresh === tokens.at(-1)?.refresh && !isRevoked && !isGone && tenant.now < issuedAt + 30 * DAY;
    const request = { refreshToken: refresh };
    await answered(world.server(name).refreshSession(request), isInForce ? 200 : 401);
    await answered(world.server(name).refreshSession(request), 401);
  }
}

function time(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
