import { userData as authsignal } from "../generated/authsignal-data.ts";
import {
  userData as authy,
  eventUserData as authyEvents,
  failureUserData as authyFailure,
} from "../generated/authy-data.ts";
import { userData as callConnect } from "../generated/call-connect-data.ts";
import { ClientPart, type ResultPart, renameKeys, toCamelCase, toSnakeCase, type UserData } from "./naming.ts";
import type { Webhook } from "./webhook.ts";

/** `userId` -> `user_id`, of a literal type. */
export type SnakeName<Name> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeName<Rest>}`
    : `_${Lowercase<First>}${SnakeName<Rest>}`
  : Name;

/** What is passed on as it is: objects of classes, a request or what is like one. */
type Opaque = AbortSignal | Error | Webhook | { readonly headers: unknown };

/** A JSON type with its keys in snake_case. Index signatures, which hold the user's own keys, stay as they are. */
export type SnakeCased<Value> = Value extends string | number | boolean | null | undefined | Opaque
  ? Value
  : Value extends readonly (infer Item)[]
    ? SnakeCased<Item>[]
    : Value extends ClientPart
      ? SnakeCasedPart<Value>
      : Value extends object
        ? { [Key in keyof Value as SnakeName<Key>]: SnakeCased<Value[Key]> }
        : Value;

type SnakeCasedPart<Part> =
  Part extends ResultPart<infer Content>
    ? Omit<SnakeCaseClient<Part>, "ok"> & SnakeCasedResult<SnakeCased<Content>>
    : SnakeCaseClient<Part>;

interface SnakeCasedResult<Content> {
  /** Whether it worked, so that there is the content that was promised. */
  ok(): this is { readonly content: Content; readonly error: undefined };
}

type SnakeArguments<Arguments> = { [Index in keyof Arguments]: SnakeCased<Arguments[Index]> };

type SnakeMember<Member> = Member extends (...args: infer Arguments) => infer Result
  ? (...args: SnakeArguments<Arguments>) => SnakeResult<Result>
  : SnakeCased<Member>;

type SnakeResult<Result> =
  Result extends Promise<infer Answer>
    ? Promise<SnakeCased<Answer>>
    : Result extends AsyncGenerator<infer Item, void, void>
      ? AsyncGenerator<SnakeCased<Item>, void, void>
      : SnakeCased<Result>;

/** A client whose methods, requests and answers are named in snake_case. */
export type SnakeCaseClient<Client> = { readonly [Name in keyof Client as SnakeName<Name>]: SnakeMember<Client[Name]> };

interface Places {
  readonly request?: UserData;
  readonly answer?: UserData;
}

/** Where each operation holds the user's own keys; several names of one operation share its places. */
const places = new Map<string, Places>([
  ...Object.entries(authsignal),
  ...Object.entries(callConnect),
  ...Object.entries(authy),
  ["trackAction", authsignal.track],
  ["identify", authsignal.updateUser],
  ["oneTouchReadCallback", { answer: authyEvents.oneTouchCallback }],
  ["oneTouchValidateOneTouchSignature", { request: { fields: { params: "all" } } }],
]);

/**
 * Shows a client in snake_case, as users of the Python SDKs know it: `validate_challenge({ user_id, token })` gives
 * `{ is_valid, … }`, and `users.request_sms(id)` what `get_uuid()` and `content` can be asked of. The keys inside your own
 * data, such as `custom`, stay untouched both ways. Nothing else changes: it is the same client, with the same options,
 * errors and webhooks.
 */
export function snakeCase<Client extends object>(client: Client): SnakeCaseClient<Client>;
export function snakeCase(client: object): object {
  return viewOf(client, "");
}

/** Shows a client or a part of it. `path` is what the names of its operations begin with; `own` tells of its data. */
function viewOf(part: object, path: string, own?: UserData): object {
  return new Proxy(Object.freeze({}), {
    get(_target, snakeName) {
      const name = typeof snakeName === "string" ? toCamelCase(snakeName) : snakeName;
      const member: unknown = Reflect.get(part, name);
      if (typeof name !== "string") return member;
      const operation = path && path + name.replace(/^./, (letter) => letter.toUpperCase());
      if (typeof member !== "function") return viewed(member, operation || name, own);
      return (...given: unknown[]) => {
        const { request, answer }: Places = places.get(operation || name) ?? { answer: inField(own, name) };
        const result: unknown = Reflect.apply(
          member,
          part,
          given.map((one) => renameKeys(one, toCamelCase, inRequest(request))),
        );
        return viewedResult(result, operation || name, answer);
      };
    },
  });
}

/** The user's own keys in a facade request, which keeps the body under `attributes` or, in the first SDKs, `payload`. */
function inRequest(body: UserData | undefined): UserData | undefined {
  if (body === undefined || body === "all") return body;
  return { fields: { attributes: body, payload: body, ...body.fields } };
}

function viewedResult(result: unknown, path: string, own: UserData | undefined): unknown {
  if (result instanceof Promise) return result.then((answer) => viewed(answer, path, own));
  if (isAsyncIterable(result)) return viewEach(result, path, own);
  return viewed(result, path, own);
}

async function* viewEach(
  items: AsyncIterable<unknown>,
  path: string,
  own: UserData | undefined,
): AsyncGenerator<unknown, void, void> {
  for await (const item of items) yield viewed(item, path, own);
}

function viewed(value: unknown, path: string, own: UserData | undefined): unknown {
  return value instanceof ClientPart ? viewOf(value, path, orFailure(own)) : renameKeys(value, toSnakeCase, own);
}

/** The user's own keys in a result, which holds a success or a failure. */
function orFailure(own: UserData | undefined): UserData {
  return own === "all" ? own : { ...own, fields: { ...authyFailure.fields, ...own?.fields } };
}

function inField(own: UserData | undefined, name: string): UserData | undefined {
  return own === undefined || own === "all" ? own : own.fields[name];
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
