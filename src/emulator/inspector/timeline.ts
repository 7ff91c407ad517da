import type { Action, Challenge } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { MAX_ROWS } from "./inspector-view.ts";
import { type Step, stepsOf } from "./steps.ts";

/** An action with its timeline; without `action`, a challenge of the Server API that no user has claimed yet. */
export interface ActionTimeline {
  readonly key: string;
  readonly actionCode: string;
  readonly userId: string | undefined;
  readonly createdAt: string;
  readonly action: Action | undefined;
  readonly challenges: readonly Challenge[];
  readonly steps: readonly Step[];
}

/** Returns the timelines of the newest actions and unclaimed challenges, the newest first. */
export function timelinesOf(tenant: Tenant): ActionTimeline[] {
  const { actions, challenges } = tenant.state;
  const unclaimed = challenges.filter((challenge) => !hasAction(tenant, challenge));
  return [
    ...[...actions].slice(-MAX_ROWS).map((action) => timelineOfAction(tenant, action)),
    ...unclaimed.slice(-MAX_ROWS).map((challenge) => timelineOfChallenge(tenant, challenge)),
  ]
    .reverse()
    .sort((one, other) => other.createdAt.localeCompare(one.createdAt))
    .slice(0, MAX_ROWS);
}

function timelineOfAction(tenant: Tenant, action: Action): ActionTimeline {
  const { actionId, actionCode, userId, idempotencyKey, createdAt } = action;
  const challenges = tenant.state.challenges
    .of(userId)
    .filter((challenge) => challenge.action === actionCode && challenge.idempotencyKey === idempotencyKey);
  const steps = stepsOf({ tenant, action, challenges, entries: tenant.timeline.of(action) });
  return { key: actionId, actionCode, userId, createdAt, action, challenges, steps };
}

function timelineOfChallenge(tenant: Tenant, challenge: Challenge): ActionTimeline {
  const { challengeId, action: actionCode, userId, createdAt } = challenge;
  const entries = tenant.timeline.of(challenge).filter((entry) => entry.challengeId === challengeId);
  const challenges = [challenge];
  const steps = stepsOf({ tenant, action: undefined, challenges, entries });
  return { key: challengeId, actionCode, userId, createdAt, action: undefined, challenges, steps };
}

function hasAction({ state }: Tenant, { userId, action, idempotencyKey }: Challenge): boolean {
  return userId !== undefined && state.actions.get(userId, action, idempotencyKey) !== undefined;
}
