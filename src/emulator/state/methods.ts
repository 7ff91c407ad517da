import { withDefaults } from "./defaults.ts";
import type { Configuration } from "./rows.ts";
import type { State } from "./state.ts";

/** An object with a state, such as a tenant. */
interface StateHolder {
  readonly state: State;
}

/** The methods of a tenant that is not configured. */
const DEFAULT_METHODS = ["SMS", "EMAIL_OTP", "EMAIL_MAGIC_LINK", "AUTHENTICATOR_APP", "PASSKEY", "WHATSAPP", "PUSH"];

/** Returns the configured authenticators of a tenant, inactive ones included. */
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

/** Returns the method that a challenge offers first: the user's default if it is enrolled, else the method enrolled first. */
export function defaultMethod(holder: StateHolder, userId: string): string | undefined {
  const enrolled = enrolledMethods(holder, userId);
  const preferred = holder.state.users.get(userId)?.defaultVerificationMethod;
  return preferred !== undefined && enrolled.includes(preferred) ? preferred : enrolled[0];
}
