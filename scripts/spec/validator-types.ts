import type { Document } from "./schema.ts";

/** Writes the types of the validators of a spec, which refer to the types in the file `name`.ts. */
export function validatorTypesOf(name: string, document: Document): string {
  const hasFailure = document.components.schemas.ErrorResponse !== undefined;
  const hasEvents = document.webhooks !== undefined;
  const imported = [...(hasFailure ? ["components"] : []), "operations", ...(hasEvents ? ["webhooks"] : [])].join(", ");
  return `import type { ${imported} } from "./${name}.ts";\n\n${TYPES}${hasEvents ? EVENTS : ""}${hasFailure ? FAILURE : ""}`;
}

const TYPES = `/** What does not fit, as ajv tells it. */
export interface Problem {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Validates a value. After an invalid value, \`errors\` holds every problem. */
export interface Validator<T> {
  (value: unknown): value is T;
  readonly errors?: readonly Problem[] | null;
}

type Given<T> = [T] extends [undefined] ? Record<string, never> : NonNullable<T>;
type Json<T> = T extends { content: { "application/json": infer Value } } ? Value : undefined;
type Success<Responses> = {
  [Status in keyof Responses]: \`\${Status & (string | number)}\` extends \`2\${string}\` ? Json<Responses[Status]> : never;
}[keyof Responses];

/** The parameters of an operation; an empty object where there are none. */
export type Parameters<Name extends keyof operations> = {
  path: Given<operations[Name]["parameters"]["path"]>;
  query: Given<operations[Name]["parameters"]["query"]>;
};

/** The body of a request; undefined where it may be left out, unknown where there is none. */
export type Body<Name extends keyof operations> = [operations[Name]["requestBody"]] extends [undefined]
  ? unknown
  : Json<operations[Name]["requestBody"]>;

/** The body of a success; undefined where there is none. */
export type ResponseBody<Name extends keyof operations> = Success<operations[Name]["responses"]>;

/** Path and query parameters as { path, query }. Texts become numbers and booleans, in place, where the spec wants them. */
export declare const parameters: { readonly [Name in keyof operations]: Validator<Parameters<Name>> };

/** Request bodies. */
export declare const bodies: { readonly [Name in keyof operations]: Validator<Body<Name>> };

/** Bodies of successes. */
export declare const responses: { readonly [Name in keyof operations]: Validator<ResponseBody<Name>> };
`;

const EVENTS = `
/** The body of an event, or of a batch of them. */
export type Event<Type extends keyof webhooks> = webhooks[Type]["post"]["requestBody"]["content"]["application/json"];

/** Bodies of events. */
export declare const events: { readonly [Type in keyof webhooks]: Validator<Event<Type>> };
`;

const FAILURE = `
/** Bodies of all other responses. */
export declare const failure: Validator<components["schemas"]["ErrorResponse"]>;
`;
