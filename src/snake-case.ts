import { userData as authsignal } from "../generated/authsignal-data.ts";
import {
  userData as authy,
  eventUserData as authyEvents,
  failureUserData as authyFailure,
} from "../generated/authy-data.ts";
import { userData as callConnect } from "../generated/call-connect-data.ts";
import type { WithResponse } from "./authsignal/response-info.ts";
import { isClientPart, REFUSE, toCamelCase, toSnakeCase, type UserData } from "./case.ts";
import { AuthsignalError } from "./errors.ts";
import { hasMethod, inField, tagOf, toCamelRequest, toSnakeResponse } from "./rename-keys.ts";

/** `userId` -> `user_id`, of a literal type. */
export type SnakeName<Name> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeName<Rest>}`
    : `_${Lowercase<First>}${SnakeName<Rest>}`
  : Name;

/** What is passed on as it is: errors, signals, webhooks (told by their methods), a request or what is like one. */
type Opaque =
  | { readonly aborted: boolean; readonly reason: unknown }
  | Error
  | { readonly constructEvent: unknown }
  | { readonly headers: unknown };

type Method = (...given: never) => unknown;

/** The names of the methods of a type. */
type MethodNames<Value> = { [Name in keyof Value]: Value[Name] extends Method ? Name : never }[keyof Value];

/** A result with methods, as far as it is looked at. */
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

/** What tells whether a result is a success, once it is shown in snake_case. */
export interface SnakeCasedResult<Content> {
  /** Whether it worked, so that there is the content that was promised. */
  ok(): this is { readonly content: Content; readonly error: undefined };
}

/** The arguments of a method, named in snake_case. */
export type SnakeArguments<Arguments> = { [Index in keyof Arguments]: SnakeCased<Arguments[Index]> };

/** A member of a client, named in snake_case: a method, a group of methods, or data. */
export type SnakeMember<Member> = Member extends (...args: infer Arguments) => infer Result
  ? (...args: SnakeArguments<Arguments>) => SnakeResult<Result>
  : Member extends string | number | boolean | null | undefined | Opaque
    ? Member
    : [MethodNames<Member>] extends [never]
      ? SnakeCased<Member>
      : SnakeCaseClient<Member>;

/** What a method returns, named in snake_case. */
export type SnakeResult<Result> =
  Result extends PromiseLike<infer Answer>
    ? Promise<SnakeCased<Answer>>
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

interface Places {
  readonly request?: UserData | undefined;
  readonly answer?: UserData | undefined;
}

/** Where each operation holds the user's own keys; several names of one operation share its places. */
const places = new Map<string, Places>([
  ...Object.entries(authsignal),
  ...Object.entries(callConnect),
  ...Object.entries(authy),
  ["trackAction", authsignal.track],
  ["identify", authsignal.updateUser],
  ["withResponse", { answer: { fields: { data: "all", response: "all" } } }],
  ["oneTouchReadCallback", { answer: authyEvents.oneTouchCallback }],
  ["oneTouchValidateOneTouchSignature", { request: { fields: { params: "all" } } }],
]);

/** The methods that return no promise and never throw: what they cannot read is answered with false. */
const NEVER_THROWS = new Set(["oneTouchValidateOneTouchSignature"]);

const views = new WeakMap<object, object>();

/**
 * Shows a client in snake_case, as users of the Python SDKs know it: `validate_challenge({ user_id, token })` gives
 * `{ is_valid, … }`, and `users.request_sms(id)` what `get_uuid()` and `content` can be asked of. The keys inside your own
 * data, such as `custom`, stay untouched both ways. Nothing else changes: it is the same client, with the same options,
 * errors and webhooks. A client has one view, which tests can spy on. An object of a class is read as `JSON.stringify`
 * reads it.
 *
 * A request with two names of one field, such as `user_id` and `userId`, is refused, and so is what JSON cannot hold: the
 * method rejects with `invalid_argument`.
 *
 * @throws AuthsignalError `invalid_argument` when there is no client to show.
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

/** Shows a client or a part of it. `path` is what the names of its operations begin with; `own` tells of its data. */
function viewOf(part: object, path: string, own?: UserData): object {
  const methods = new Map<string, unknown>();
  const groups = new WeakMap<object, object>();

  function memberOf(name: string): unknown {
    const member: unknown = Reflect.get(part, name);
    const operation = operationOf(path, name);
    if (typeof member === "function") {
      const method = methods.get(name) ?? methodOf(part, name, operation, own);
      methods.set(name, method);
      return method;
    }
    if (hasMethod(member, "constructEvent")) return member; // webhooks, whose events keep the names of the wire
    if (!isGroup(member)) return toSnakeResponse(member, own);
    const group = groups.get(member) ?? viewOf(member, operation, orFailure(own));
    groups.set(member, group);
    return group;
  }

  /** What the view has of its client, as `Object.getOwnPropertyDescriptor` tells it. */
  function describe(key: string | symbol): PropertyDescriptor | undefined {
    if (typeof key !== "string" || !namesOf(part).includes(key)) return undefined;
    const name = toCamelCase(key);
    const enumerable = Object.prototype.propertyIsEnumerable.call(part, name);
    return { value: memberOf(name), writable: true, enumerable, configurable: true };
  }

  // The target holds what was assigned to the view. All else is asked of the client, at the moment it is used.
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

/** Shows a method. The client's own is looked up in each call, so that one that was replaced later is called, too. */
function methodOf(part: object, name: string, operation: string, own: UserData | undefined): unknown {
  return (...given: unknown[]): unknown => {
    const member: unknown = Reflect.get(part, name);
    if (typeof member !== "function") throw new TypeError(`The client has no method ${name} any more`);
    const { request, answer }: Places = places.get(operation) ?? { answer: inField(own, name) };
    let renamed: unknown[];
    try {
      renamed = given.map((argument, index) =>
        operation === "withResponse" ? withView(argument) : renameArgument(argument, index, request, part),
      );
    } catch (error) {
      if (NEVER_THROWS.has(operation)) return Reflect.apply(member, part, given);
      return tagOf(member) === "AsyncGeneratorFunction" ? failingItems(error) : Promise.reject(error);
    }
    return viewedResult(Reflect.apply(member, part, renamed), operation, answer);
  };
}

/** Shows the client in snake_case to the function that `withResponse` calls with it. */
function withView(call: unknown): unknown {
  if (typeof call !== "function") return call;
  return (client: object): unknown => Reflect.apply(call, undefined, [snakeCase(client)]);
}

/** An HTTP request, which is told by its headers, is passed on as it is. */
function renameArgument(argument: unknown, index: number, request: UserData | undefined, part: object): unknown {
  if (index === 0 && typeof argument === "object" && argument !== null && "headers" in argument) return argument;
  return toCamelRequest(argument, (problem) => refuse(part, problem), inRequest(request));
}

/** Refuses an argument with the errors of the client. */
function refuse(part: object, problem: string): never {
  const own: unknown = Reflect.get(part, REFUSE);
  if (typeof own === "function") Reflect.apply(own, part, [problem]);
  throw new AuthsignalError(undefined, "invalid_argument", problem);
}

function operationOf(path: string, name: string): string {
  return path ? path + name.replace(/^./, (letter) => letter.toUpperCase()) : name;
}

/** The names that a view shows, for tools that list them: those of the client, but for what every object has. */
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
 * The user's own keys in a facade request, which keeps the body under `attributes` or, in the first SDKs, `payload`; and
 * what is passed on as it is of the options of a call.
 */
function inRequest(body: UserData | undefined): UserData {
  if (body === "all") return body;
  const inner = body && { attributes: body, payload: body, ...body.fields };
  return { fields: { signal: "all", headers: "all", ...inner } };
}

function viewedResult(result: unknown, operation: string, own: UserData | undefined): unknown {
  if (hasMethod(result, "then")) return viewLater(result, operation, own);
  if (isAsyncIterable(result)) return viewEach(result, operation, own);
  return viewed(result, operation, own);
}

async function viewLater(result: unknown, operation: string, own: UserData | undefined): Promise<unknown> {
  return viewed(await result, operation, own);
}

async function* viewEach(
  items: AsyncIterable<unknown>,
  operation: string,
  own: UserData | undefined,
): AsyncGenerator<unknown, void, void> {
  for await (const item of items) yield viewed(item, operation, own);
}

async function* failingItems(error: unknown): AsyncGenerator<never, void, void> {
  yield await Promise.reject(error);
}

function viewed(value: unknown, operation: string, own: UserData | undefined): unknown {
  return isClientPart(value) ? viewOf(value, operation, orFailure(own)) : toSnakeResponse(value, own);
}

/** The user's own keys in a result, which holds a success or a failure. */
function orFailure(own: UserData | undefined): UserData {
  return own === "all" ? own : { ...own, fields: { ...authyFailure.fields, ...own?.fields } };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
