/** A schema of a spec by its name; `Components` is the generated interface `components` of that spec. */
export type SchemaOf<
  Components extends { schemas: object },
  Name extends keyof Components["schemas"],
> = Components["schemas"][Name];

/** The part of an operation in a generated interface `operations` that describes its parameters. */
interface HasParameters {
  parameters: { path?: unknown; query?: unknown };
}

/** The path parameters of an operation by its name. */
export type PathParametersOf<
  Operations extends { [Name in keyof Operations]: HasParameters },
  Name extends keyof Operations,
> = NonNullable<Operations[Name]["parameters"]["path"]>;

/** The query parameters of an operation by its name. */
export type QueryParametersOf<
  Operations extends { [Name in keyof Operations]: HasParameters },
  Name extends keyof Operations,
> = NonNullable<Operations[Name]["parameters"]["query"]>;
