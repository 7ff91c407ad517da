import { userData as authsignal } from "../generated/authsignal-data.ts";
import {
  userData as authy,
  eventUserData as authyEvents,
  failureUserData as authyFailure,
} from "../generated/authy-data.ts";
import { userData as callConnect } from "../generated/call-connect-data.ts";
import type { WithResponse } from "./authsignal/response-info.ts";
import {
  hasMethod,
  inField,
  tagOf,
  toCamelCase,
  toCamelRequest,
  toSnakeCase,
  toSnakeResponse,
  type UserData,
} from "./case.ts";
import { AuthsignalError } from "./errors.ts";
import { isClientPart, REJECT_ARGUMENT } from "./platform/client-marks.ts";

/** `userId` -> `user_id`, of a literal type. */
export type SnakeName<Name> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeName<Rest>}`
    : `_${Lowercase<First>}${SnakeName<Rest>}`
  : Name;

/** The values that are passed on as they are: errors, signals, webhooks (recognized by their methods), and HTTP requests. */
type Opaque =
  | { readonly aborted: boolean; readonly reason: unknown }
  | Error
  | { readonly constructEvent: unknown }
  | { readonly headers: unknown };

type Method = (...given: never) => unknown;

/** The names of the methods of a type. */
type MethodNames<Value> = { [Name in keyof Value]: Value[Name] extends Method ? Name : never }[keyof Value];

/** The part of a result with methods by which it is recognized. */
interface ResultOf<Content> {
  readonly content: unknown;
  readonly error: unknown;
  errors(): unknown;
  ok(): this is { readonly content: Content; readonly error: undefined };
}

/** A JSON type with its keys in snake_case. Index signatures, which hold the user's own keys, stay as they are. */
export type SnakeCased<Value> = Value extends string | number | boolean | null | undefined | Opaque
  ? Value
  : Value extends readonly (infer Item)[]
    ? SnakeCased<Item>[]
    : Value extends ResultOf<infer Content>
      ? Omit<SnakeCaseClient<Value>, "ok"> & SnakeCasedResult<SnakeCased<Content>>
      : Value extends object
        ? { [Key in keyof Value as SnakeName<Key>]: SnakeCased<Value[Key]> }
        : Value;

/** The method of a result in snake_case that returns whether the call succeeded. */
export interface SnakeCasedResult<Content> {
  /** Whether the call succeeded, so that the content is that of a success. */
  ok(): this is { readonly content: Content; readonly error: undefined };
}

/** The arguments of a method, with their keys in snake_case. */
export type SnakeArguments<Arguments> = { [Index in keyof Arguments]: SnakeCased<Arguments[Index]> };

/** A member of a client, named in snake_case: a method, a group of methods, or data. */
export type SnakeMember<Member> = Member extends (...args: infer Arguments) => infer Result
  ? (...args: SnakeArguments<Arguments>) => SnakeResult<Result>
  : Member extends string | number | boolean | null | undefined | Opaque
    ? Member
    : [MethodNames<Member>] extends [never]
      ? SnakeCased<Member>
      : SnakeCaseClient<Member>;

/** The result of a method, with its keys in snake_case. */
export type SnakeResult<Result> =
  Result extends PromiseLike<infer Value>
    ? Promise<SnakeCased<Value>>
    : Result extends AsyncGenerator<infer Item, void, void>
      ? AsyncGenerator<SnakeCased<Item>, void, void>
      : SnakeCased<Result>;

/** A client whose methods, requests and responses are named in snake_case. */
export type SnakeCaseClient<Client> = {
  readonly [Name in keyof Client as SnakeName<Name>]: Name extends "withResponse"
    ? SnakeWithResponse<Client>
    : SnakeMember<Client[Name]>;
};

/** `withResponse` of a client in snake_case: the function gets the client in snake_case, too. */
export type SnakeWithResponse<Client> = <Value>(
  call: (client: SnakeCaseClient<Client>) => Promise<Value>,
) => Promise<WithResponse<Value>>;

/** Where the request and the response of an operation hold keys of the user's own data. */
interface OperationUserData {
  readonly request?: UserData | undefined;
  readonly response?: UserData | undefined;
}

/** The user's own data of each operation, by each name that the operation has. */
const userDataByOperation = new Map<string, OperationUserData>([
  ...Object.entries(authsignal),
  ...Object.entries(callConnect),
  ...Object.entries(authy),
  ["trackAction", authsignal.track],
  ["identify", authsignal.updateUser],
  ["withResponse", { response: { fields: { data: "all", response: "all" } } }],
  ["oneTouchReadCallback", { response: authyEvents.oneTouchCallback }],
  ["oneTouchValidateOneTouchSignature", { request: { fields: { params: "all" } } }],
]);

/** The methods that return no promise and never throw: they return false for arguments that they cannot read. */
const NEVER_THROWS = new Set(["oneTouchValidateOneTouchSignature"]);

const views = new WeakMap<object, object>();

/**
 * Returns a view of a client in snake_case, with the names of the Python SDKs: `validate_challenge({ user_id, token })` gives
 * `{ is_valid, … }`, and `users.request_sms(id)` a result with `get_uuid()` and `content`. The keys inside your own data, such
 * as `custom`, stay untouched both ways. Nothing else changes: it is the same client, with the same options, errors and
 * webhooks. A client has one view, which tests can spy on. An object of a class is read as `JSON.stringify` reads it.
 *
 * For a request with two names of one field, such as `user_id` and `userId`, or with a value that JSON cannot hold, the
 * method rejects with `invalid_argument`.
 *
 * @throws AuthsignalError `invalid_argument` when the argument is not a client.
 */
export function snakeCase<Client extends object>(client: Client): SnakeCaseClient<Client>;
export function snakeCase(client: object): object {
  if (typeof client !== "object" || client === null) {
    throw new AuthsignalError(undefined, "invalid_argument", "snakeCase takes a client, such as new Authsignal({ … })");
  }
  const view = views.get(client) ?? viewOf(client, "");
  views.set(client, view);
  return view;
}

/**
 * Makes the view of a client or of a part of it.
 *
 * @param path The beginning of the names of its operations, such as `users`; empty for the client itself.
 * @param userData The user's own data among its properties.
 */
function viewOf(part: object, path: string, userData?: UserData): object {
  const methods = new Map<string, unknown>();
  const groups = new WeakMap<object, object>();

  function memberOf(name: string): unknown {
    const member: unknown = Reflect.get(part, name);
    const operation = operationOf(path, name);
    if (typeof member === "function") {
      const method = methods.get(name) ?? methodOf(part, name, operation, userData);
      methods.set(name, method);
      return method;
    }
    // The webhook, whose events keep the names that they have in a delivery.
    if (hasMethod(member, "constructEvent")) return member;
    if (!isGroup(member)) return toSnakeResponse(member, userData);
    const group = groups.get(member) ?? viewOf(member, operation, orFailure(userData));
    groups.set(member, group);
    return group;
  }

  /** Describes a property that the view has from its client. */
  function describe(key: string | symbol): PropertyDescriptor | undefined {
    if (typeof key !== "string" || !namesOf(part).includes(key)) return undefined;
    const name = toCamelCase(key);
    const enumerable = Object.prototype.propertyIsEnumerable.call(part, name);
    return { value: memberOf(name), writable: true, enumerable, configurable: true };
  }

  // The target holds the properties that were assigned to the view. All others are read from the client at each use.
  return new Proxy<object>(
    {},
    {
      get(assigned, key, receiver) {
        if (key in assigned) return Reflect.get(assigned, key, receiver);
        return typeof key === "string" ? memberOf(toCamelCase(key)) : Reflect.get(part, key);
      },
      has: (assigned, key) => key in assigned || (typeof key === "string" ? toCamelCase(key) : key) in part,
      ownKeys: (assigned) => [...new Set([...Reflect.ownKeys(assigned), ...namesOf(part)])],
      getOwnPropertyDescriptor: (assigned, key) => Reflect.getOwnPropertyDescriptor(assigned, key) ?? describe(key),
      defineProperty(assigned, key, changes) {
        const current = Object.hasOwn(assigned, key) ? undefined : describe(key);
        if (current) Object.defineProperty(assigned, key, current);
        return Reflect.defineProperty(assigned, key, changes);
      },
      preventExtensions: () => false,
    },
  );
}

/** Creates the view of a method. Each call reads the client's method, so that a method that was replaced later is called. */
function methodOf(part: object, name: string, operation: string, ownData: UserData | undefined): unknown {
  return (...given: unknown[]): unknown => {
    const member: unknown = Reflect.get(part, name);
    if (typeof member !== "function") throw new TypeError(`The client has no method ${name} any more`);
    const { request, response }: OperationUserData = userDataByOperation.get(operation) ?? {
      response: inField(ownData, name),
    };
    let renamed: unknown[];
    try {
      renamed = given.map((argument, index) =>
        operation === "withResponse" ? withView(argument) : renameArgument(argument, index, request, part),
      );
    } catch (error) {
      if (NEVER_THROWS.has(operation)) return Reflect.apply(member, part, given);
      return tagOf(member) === "AsyncGeneratorFunction" ? failingItems(error) : Promise.reject(error);
    }
    return viewOfResult(Reflect.apply(member, part, renamed), operation, response);
  };
}

/** Wraps the function that is passed to `withResponse`, so that it gets the client in snake_case. */
function withView(call: unknown): unknown {
  if (typeof call !== "function") return call;
  return (client: object): unknown => Reflect.apply(call, undefined, [snakeCase(client)]);
}

/** Renames the keys of an argument. An HTTP request, recognized by its headers, is passed on as it is. */
function renameArgument(argument: unknown, index: number, request: UserData | undefined, part: object): unknown {
  if (index === 0 && typeof argument === "object" && argument !== null && "headers" in argument) return argument;
  return toCamelRequest(argument, (problem) => reject(part, problem), inRequest(request));
}

/** Rejects an argument with the class of errors of the client. */
function reject(part: object, problem: string): never {
  const ownReject: unknown = Reflect.get(part, REJECT_ARGUMENT);
  if (typeof ownReject === "function") Reflect.apply(ownReject, part, [problem]);
  throw new AuthsignalError(undefined, "invalid_argument", problem);
}

/** Returns the name of an operation in the tables: `users` and `requestSms` make `usersRequestSms`. */
function operationOf(path: string, name: string): string {
  return path ? path + name.replace(/^./, (letter) => letter.toUpperCase()) : name;
}

/** Lists the names of a view, for tools that show them: the names of the client without those that every object has. */
function namesOf(part: object): string[] {
  const names = new Set<string>();
  for (let level = part; level && Object.getPrototypeOf(level) !== null; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) names.add(toSnakeCase(name));
  }
  names.delete("constructor");
  return [...names];
}

/** Whether a member of a client is a group of its methods. */
function isGroup(member: unknown): member is object {
  if (isClientPart(member)) return true;
  if (typeof member !== "object" || member === null || tagOf(member) !== "Object") return false;
  return namesOf(member).some((name) => hasMethod(member, toCamelCase(name)));
}

/**
 * Returns the user's own data in the arguments of a method. A request of the facade keeps the body under `attributes` or, in
 * the first SDKs, `payload`. In the options of a call, the signal and the headers are passed on as they are.
 */
function inRequest(body: UserData | undefined): UserData {
  if (body === "all") return body;
  const inner = body && { attributes: body, payload: body, ...body.fields };
  return { fields: { signal: "all", headers: "all", ...inner } };
}

function viewOfResult(result: unknown, operation: string, userData: UserData | undefined): unknown {
  if (hasMethod(result, "then")) return viewOfPromise(result, operation, userData);
  if (isAsyncIterable(result)) return viewOfItems(result, operation, userData);
  return viewOfValue(result, operation, userData);
}

async function viewOfPromise(result: unknown, operation: string, userData: UserData | undefined): Promise<unknown> {
  return viewOfValue(await result, operation, userData);
}

async function* viewOfItems(
  items: AsyncIterable<unknown>,
  operation: string,
  userData: UserData | undefined,
): AsyncGenerator<unknown, void, void> {
  for await (const item of items) yield viewOfValue(item, operation, userData);
}

async function* failingItems(error: unknown): AsyncGenerator<never, void, void> {
  yield await Promise.reject(error);
}

function viewOfValue(value: unknown, operation: string, userData: UserData | undefined): unknown {
  return isClientPart(value) ? viewOf(value, operation, orFailure(userData)) : toSnakeResponse(value, userData);
}

/** Returns the user's own data in a result that holds either a success or a failure. */
function orFailure(success: UserData | undefined): UserData {
  return success === "all" ? success : { ...success, fields: { ...authyFailure.fields, ...success?.fields } };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
