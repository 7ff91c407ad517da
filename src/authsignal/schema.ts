import type { components, operations } from "../../generated/authsignal.ts";
import type { PathParametersOf, QueryParametersOf, SchemaOf } from "../platform/spec-types.ts";

/** A schema of the spec by its name. */
export type Schema<Name extends keyof components["schemas"]> = SchemaOf<components, Name>;

/** The ids in the path of an operation. */
export type Ids<Name extends keyof operations> = PathParametersOf<operations, Name>;

/** The query parameters of an operation. */
export type Query<Name extends keyof operations> = QueryParametersOf<operations, Name>;
