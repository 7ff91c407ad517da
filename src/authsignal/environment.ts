/** The variables that stand in for options which were left out. */
export const VARIABLES = {
  apiSecretKey: "AUTHSIGNAL_SECRET_KEY",
  apiUrl: "AUTHSIGNAL_API_URL",
  region: "AUTHSIGNAL_REGION",
} as const;

/**
 * Reads the variable of the environment that stands in for an option. An empty or blank one counts as absent. Some runtimes
 * have no environment, and Deno throws where reading it is not allowed.
 */
export function fromEnvironment(option: keyof typeof VARIABLES): string | undefined {
  try {
    return globalThis.process?.env?.[VARIABLES[option]]?.trim() || undefined;
  } catch {
    return undefined;
  }
}
