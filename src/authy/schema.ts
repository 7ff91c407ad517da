import type { components } from "../../generated/authy.ts";

/** A schema of the spec by its name, with its fields in camelCase. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
