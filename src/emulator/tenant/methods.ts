import type { Configuration } from "../state/rows.ts";
import { fill } from "./seed.ts";
import type { Tenant } from "./tenant.ts";

// The methods of a tenant and of its users.

/** What a tenant offers that has nothing else configured. */
const USUAL_METHODS = ["SMS", "EMAIL_OTP", "EMAIL_MAGIC_LINK", "AUTHENTICATOR_APP", "PASSKEY", "WHATSAPP", "PUSH"];

/** The authenticators that the tenant has set up. */
export function configurationsOf({ state }: Tenant): readonly Configuration[] {
  return (
    state.configurations.value ?? USUAL_METHODS.map((verificationMethod) => fill.configuration({ verificationMethod }))
  );
}

/** The methods that users may enroll. */
export function allowedMethods(tenant: Tenant): string[] {
  return configurationsOf(tenant)
    .filter(({ isActive }) => isActive)
    .map(({ verificationMethod }) => verificationMethod);
}

/** The methods that a user has enrolled, the first one first. */
export function enrolledMethods({ state }: Tenant, userId: string): string[] {
  return [...new Set(state.authenticators.of(userId).map(({ verificationMethod }) => verificationMethod))];
}

/** The method that a challenge starts with: the one that was set, if it is enrolled, or else the first. */
export function defaultMethod(tenant: Tenant, userId: string): string | undefined {
  const enrolled = enrolledMethods(tenant, userId);
  const wanted = tenant.state.users.get(userId)?.defaultVerificationMethod;
  return wanted !== undefined && enrolled.includes(wanted) ? wanted : enrolled[0];
}
