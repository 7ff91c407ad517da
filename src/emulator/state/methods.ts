import { withDefaults } from "./defaults.ts";
import type { Configuration } from "./rows.ts";
import type { State } from "./state.ts";

/** What has a state, such as a tenant. */
interface StateHolder {
  readonly state: State;
}

/** The methods of a tenant without a configuration of its own. */
const DEFAULT_METHODS = ["SMS", "EMAIL_OTP", "EMAIL_MAGIC_LINK", "AUTHENTICATOR_APP", "PASSKEY", "WHATSAPP", "PUSH"];

/** Returns the authenticators that the tenant is configured for. */
export function configurationsOf({ state }: StateHolder): readonly Configuration[] {
  return (
    state.configurations.value ??
    DEFAULT_METHODS.map((verificationMethod) => withDefaults.configuration({ verificationMethod }))
  );
}

/** Returns the methods that users may enroll. */
export function allowedMethods(holder: StateHolder): string[] {
  return configurationsOf(holder)
    .filter(({ isActive }) => isActive)
    .map(({ verificationMethod }) => verificationMethod);
}

/** Returns the methods that a user has enrolled, the oldest first. */
export function enrolledMethods({ state }: StateHolder, userId: string): string[] {
  return [...new Set(state.authenticators.of(userId).map(({ verificationMethod }) => verificationMethod))];
}

/** Returns the method that a challenge starts with: the user's default if it is enrolled, else the oldest. */
export function defaultMethod(holder: StateHolder, userId: string): string | undefined {
  const enrolled = enrolledMethods(holder, userId);
  const preferred = holder.state.users.get(userId)?.defaultVerificationMethod;
  return preferred !== undefined && enrolled.includes(preferred) ? preferred : enrolled[0];
}
