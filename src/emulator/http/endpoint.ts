import type { Serializable } from "./json.ts";
import { isPromise, type MaybePromise } from "./maybe-promise.ts";
import { describeProblems, type Validator, validated } from "./validation.ts";

/** The parameters of a path and of a query, by name. */
export interface RequestParameters {
  readonly path: object;
  readonly query: object;
}

/** A request that fits the spec. */
export type ValidRequest<Parameters extends RequestParameters, Body> = Parameters & {
  readonly body: Body;
  /** Aborts when the caller has disconnected. */
  readonly signal: AbortSignal;
};

/** The part of a tenant that an endpoint uses. */
export interface EndpointTenant {
  readonly settings: {
    /** Whether a request with fields that the spec does not have is rejected. */
    readonly strict: boolean;
  };
  readonly state: {
    /** Runs some work. If it throws, all its changes are undone. */
    transaction<T>(work: () => T): T;
  };
}

/**
 * Carries out an operation and returns the body of the success response; undefined for a response without a body. The changes
 * before the first `await` are one transaction. `Caller` holds the arguments after the tenant.
 */
export type Handler<
  Parameters extends RequestParameters,
  Body,
  Result,
  Tenant,
  Caller extends readonly unknown[] = [],
> = (request: ValidRequest<Parameters, Body>, tenant: Tenant, ...caller: Caller) => MaybePromise<Serializable<Result>>;

/** A request that is not validated yet. */
export interface RawRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/** The error of a response that does not fit the spec, which is a bug of the emulator. */
export class ResponseViolation extends Error {
  readonly problems: string;

  constructor(operation: string, problems: string) {
    super(`The response of ${operation} is not what the spec says: ${problems}`);
    this.problems = problems;
  }
}

/** One operation of a spec with its handler. */
export interface Endpoint<Tenant, Caller extends readonly unknown[] = []> {
  readonly name: string;
  readonly method: string;
  /** The path with its parameters, such as `/users/{userId}`. */
  readonly path: string;
  /**
   * Returns the body of the response; undefined for a response without a body. If it throws, nothing is changed.
   * @throws HttpError when the request does not fit the spec, or when the handler rejects it.
   * @throws ResponseViolation when the response does not fit the spec.
   */
  serve(request: RawRequest, tenant: Tenant, ...caller: Caller): Promise<unknown>;
}

/** The generated routes and validators of a spec, and the handlers of its operations. */
export interface Spec<
  P extends { [Name in keyof P]: RequestParameters },
  B extends Record<keyof P, unknown>,
  R extends Record<keyof P, unknown>,
  Tenant,
  Caller extends readonly unknown[] = [],
> {
  readonly routes: Readonly<Record<keyof P, string>>;
  readonly parameters: { readonly [Name in keyof P]: Validator<P[Name]> };
  readonly bodies: { readonly [Name in keyof P]: Validator<B[Name]> };
  readonly responses: { readonly [Name in keyof P]: Validator<R[Name]> };
  readonly handlers: { readonly [Name in keyof P]: Handler<P[Name], B[Name], R[Name], Tenant, Caller> };
  /** Whether a request with unknown fields is rejected. Default: as the settings of the tenant say. */
  readonly isStrict?: boolean | undefined;
}

/** Creates the endpoints of all operations of a spec, in its order. */
export function createEndpoints<
  P extends { [Name in keyof P]: RequestParameters },
  B extends Record<keyof P, unknown>,
  R extends Record<keyof P, unknown>,
  Tenant extends EndpointTenant,
  Caller extends readonly unknown[] = [],
>(spec: Spec<P, B, R, Tenant, Caller>): Endpoint<Tenant, Caller>[] {
  const isName = (name: string): name is keyof P & string => name in spec.routes;
  return Object.keys(spec.routes)
    .filter(isName)
    .map((name) => {
      const [method = "", path = ""] = spec.routes[name].split(" ");
      return { name, method, path, serve: (...call) => serve(spec, name, ...call) };
    });
}

async function serve<
  P extends { [Name in keyof P]: RequestParameters },
  B extends Record<keyof P, unknown>,
  R extends Record<keyof P, unknown>,
  Tenant extends EndpointTenant,
  Caller extends readonly unknown[],
  Name extends keyof P,
>(
  spec: Spec<P, B, R, Tenant, Caller>,
  name: Name,
  { path, query, body, signal }: RawRequest,
  tenant: Tenant,
  ...caller: Caller
): Promise<unknown> {
  const strict = spec.isStrict ?? tenant.settings.strict;
  const parameters = validated<P[Name]>(spec.parameters[name], { path, query }, undefined, strict);
  const request = { ...parameters, body: validated<B[Name]>(spec.bodies[name], body, "body", strict), signal };
  const validate = (result: unknown): R[Name] => {
    const validator: Validator<R[Name]> = spec.responses[name];
    if (validator(result)) return result;
    throw new ResponseViolation(String(name), describeProblems(validator.errors ?? [], "response"));
  };
  return tenant.state.transaction(() => {
    const result = spec.handlers[name](request, tenant, ...caller);
    return isPromise(result) ? result.then(validate) : validate(result);
  });
}
