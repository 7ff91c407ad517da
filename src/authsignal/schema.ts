import type { components, operations } from "../../generated/authsignal.ts";

/** A schema of the spec by its name. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** The ids in the path of an operation. */
export type Ids<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["path"]>;

/** The query parameters of an operation. */
export type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;
