/** The environment variables that are read in the place of options that were left out. */
export const VARIABLES = {
  apiSecretKey: "AUTHSIGNAL_SECRET_KEY",
  apiUrl: "AUTHSIGNAL_API_URL",
  region: "AUTHSIGNAL_REGION",
} as const;

/**
 * Reads the environment variable of an option; undefined if it is not set. An empty or blank variable counts as not set. Some runtimes
 * have no environment, and Deno throws where reading it is not allowed.
 */
export function fromEnvironment(option: keyof typeof VARIABLES): string | undefined {
  try {
    return globalThis.process?.env?.[VARIABLES[option]]?.trim() || undefined;
  } catch {
    return undefined;
  }
}
