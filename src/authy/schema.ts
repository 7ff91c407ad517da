import type { components, operations } from "../../generated/authy.ts";
import type { QueryParametersOf, SchemaOf } from "../platform/spec-types.ts";

/** A schema of the spec by its name, with its fields in camelCase. */
export type Schema<Name extends keyof components["schemas"]> = SchemaOf<components, Name>;

/** The query of an operation, in snake_case. The compiler refuses unknown names only with `satisfies`. */
export type Query<Name extends keyof operations> = QueryParametersOf<operations, Name>;
