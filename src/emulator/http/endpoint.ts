import type { Tenant } from "../tenant/tenant.ts";
import type { Serializable } from "./json.ts";
import { isPromise } from "./maybe-promise.ts";
import { describeProblems, type Validator, validated } from "./validation.ts";

/** The slots of a path and of a query, by name. */
export interface RequestParameters {
  readonly path: object;
  readonly query: object;
}

/** A request that fits the spec. */
export type ValidRequest<Parameters extends RequestParameters, Body> = Parameters & {
  readonly body: Body;
  /** Tells when whoever asked is gone. */
  readonly signal: AbortSignal;
};

/**
 * Does what an operation does, and gives the body of its success; undefined for one without a body. What it changes
 * before it waits for anything is one transaction. `Known` is what it is told of the caller beside the tenant.
 */
export type Handler<Parameters extends RequestParameters, Body, Answer, Known extends readonly unknown[] = []> = (
  request: ValidRequest<Parameters, Body>,
  tenant: Tenant,
  ...known: Known
) => Serializable<Answer> | Promise<Serializable<Answer>>;

/** A request as it came. */
export interface RawRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/** An answer is not what the spec says, which is a defect of the emulator. */
export class ResponseViolation extends Error {
  readonly problems: string;

  constructor(operation: string, problems: string) {
    super(`The answer of ${operation} is not what the spec says: ${problems}`);
    this.problems = problems;
  }
}

/** One operation of a spec, ready to be served. */
export interface Endpoint<Known extends readonly unknown[] = []> {
  readonly name: string;
  readonly method: string;
  /** The path with its slots, such as `/users/{userId}`. */
  readonly path: string;
  /**
   * Gives the body of the answer; undefined for one without a body. If it throws, nothing is changed.
   * @throws HttpError when the request does not fit the spec, or when the handler refuses it.
   * @throws Violation when the answer does not fit the spec.
   */
  serve(request: RawRequest, tenant: Tenant, ...known: Known): Promise<unknown>;
}

/** A spec as the generator wrote it, and what handles its operations. */
export interface Spec<
  P extends { [Name in keyof P]: RequestParameters },
  B extends Record<keyof P, unknown>,
  A extends Record<keyof P, unknown>,
  Known extends readonly unknown[] = [],
> {
  readonly routes: Readonly<Record<keyof P, string>>;
  readonly parameters: { readonly [Name in keyof P]: Validator<P[Name]> };
  readonly bodies: { readonly [Name in keyof P]: Validator<B[Name]> };
  readonly answers: { readonly [Name in keyof P]: Validator<A[Name]> };
  readonly handlers: { readonly [Name in keyof P]: Handler<P[Name], B[Name], A[Name], Known> };
  /** Whether fields that the spec does not know are refused. As the settings of the tenant say, when left out. */
  readonly isStrict?: boolean | undefined;
}

/** All operations of a spec, in its order. */
export function createEndpoints<
  P extends { [Name in keyof P]: RequestParameters },
  B extends Record<keyof P, unknown>,
  A extends Record<keyof P, unknown>,
  Known extends readonly unknown[] = [],
>(spec: Spec<P, B, A, Known>): Endpoint<Known>[] {
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
  A extends Record<keyof P, unknown>,
  Known extends readonly unknown[],
  Name extends keyof P,
>(
  spec: Spec<P, B, A, Known>,
  name: Name,
  { path, query, body, signal }: RawRequest,
  tenant: Tenant,
  ...known: Known
): Promise<unknown> {
  const strict = spec.isStrict ?? tenant.settings.strict;
  const parameters = validated<P[Name]>(spec.parameters[name], { path, query }, undefined, strict);
  const request = { ...parameters, body: validated<B[Name]>(spec.bodies[name], body, "body", strict), signal };
  const check = (answer: unknown): A[Name] => {
    const validator: Validator<A[Name]> = spec.answers[name];
    if (validator(answer)) return answer;
    throw new ResponseViolation(String(name), describeProblems(validator.errors ?? [], "answer"));
  };
  return tenant.state.transaction(() => {
    const answer = spec.handlers[name](request, tenant, ...known);
    return isPromise(answer) ? answer.then(check) : check(answer);
  });
}
