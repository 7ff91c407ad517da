import { conflict } from "../http/errors.ts";
import type { Action, User } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { findAction } from "./actions.ts";

/** A step-up authentication: the action that a user confirms, on the challenge pages or through the Client API. */
export interface StepUp {
  readonly action: Action;
  readonly user: User;
  /** The permissions of the token, separated by spaces, such as `add:authenticators`. */
  readonly scope: string;
}

/** Reads the step-up of a token; the reason when the token cannot be used. The token of a deleted action is invalid. */
export function readStepUp(tenant: Tenant, token: string): StepUp | "invalid" | "expired" {
  const read = tenant.tokens.readAction(token);
  if (typeof read === "string") return read;
  const action = findAction(tenant, read);
  return (action && createStepUp(tenant, action, read.scope)) ?? "invalid";
}

/** Returns the step-up of an action; undefined when its user was deleted. */
export function createStepUp(tenant: Tenant, action: Action, scope = ""): StepUp | undefined {
  const user = tenant.state.users.get(action.userId);
  return user && { action, user, scope };
}

/** Reads a step-up again, after other requests may have changed it. @throws HttpError when its action or user was deleted. */
export function reloadStepUp(tenant: Tenant, { action: before, scope }: StepUp): StepUp {
  const action = findAction(tenant, before);
  const stepUp = action && createStepUp(tenant, action, scope);
  if (!stepUp) throw conflict("The action is gone.");
  return stepUp;
}
