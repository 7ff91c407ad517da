import { userData as authsignal } from "../generated/authsignal-data.ts";
import { userData as callConnect } from "../generated/call-connect-data.ts";
import { renameKeys, toCamelCase, toSnakeCase, type UserData } from "./naming.ts";

/** `userId` -> `user_id`, of a literal type. */
export type SnakeName<Name> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeName<Rest>}`
    : `_${Lowercase<First>}${SnakeName<Rest>}`
  : Name;

/** A JSON type with its keys in snake_case. Index signatures, which hold the user's own keys, stay as they are. */
export type SnakeCased<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends readonly (infer Item)[]
    ? SnakeCased<Item>[]
    : Value extends object
      ? { [Key in keyof Value as SnakeName<Key>]: SnakeCased<Value[Key]> }
      : Value;

type SnakeArguments<Arguments> = Arguments extends [infer Request, ...infer Rest]
  ? [request: SnakeCased<Request>, ...Rest]
  : Arguments extends [(infer Request)?, ...infer Rest]
    ? [request?: SnakeCased<Request>, ...Rest]
    : Arguments;

type SnakeMember<Member> = Member extends (...args: infer Arguments) => infer Result
  ? (...args: SnakeArguments<Arguments>) => SnakeResult<Result>
  : Member;

type SnakeResult<Result> =
  Result extends Promise<infer Answer>
    ? Promise<SnakeCased<Answer>>
    : Result extends AsyncGenerator<infer Item, void, void>
      ? AsyncGenerator<SnakeCased<Item>, void, void>
      : Result;

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
  ["trackAction", authsignal.track],
  ["identify", authsignal.updateUser],
]);

/**
 * Shows a client in snake_case, as users of the Python SDK know it: `validate_challenge({ user_id, token })` gives
 * `{ is_valid, … }`. The keys inside your own data, such as `custom`, stay untouched both ways. Nothing else changes:
 * it is the same client, with the same options, errors and webhooks.
 */
export function snakeCase<Client extends object>(client: Client): SnakeCaseClient<Client>;
export function snakeCase(client: object): object {
  return new Proxy(Object.freeze({}), {
    get(_target, snakeName) {
      const name = typeof snakeName === "string" ? toCamelCase(snakeName) : snakeName;
      const member: unknown = Reflect.get(client, name);
      if (typeof member !== "function" || typeof name !== "string") return member;
      return (request: unknown, ...rest: unknown[]) => {
        const { request: own, answer } = places.get(name) ?? {};
        const result: unknown = Reflect.apply(member, client, [
          renameKeys(request, toCamelCase, inRequest(own)),
          ...rest,
        ]);
        return renameResult(result, answer);
      };
    },
  });
}

/** The user's own keys in a facade request, which keeps the body under `attributes` or, in the first SDKs, `payload`. */
function inRequest(body: UserData | undefined): UserData | undefined {
  if (body === undefined || body === "all") return body;
  return { fields: { attributes: body, payload: body, ...body.fields } };
}

function renameResult(result: unknown, own: UserData | undefined): unknown {
  if (result instanceof Promise) return result.then((answer) => renameKeys(answer, toSnakeCase, own));
  if (isAsyncIterable(result)) return renameEach(result, own);
  return result;
}

async function* renameEach(
  items: AsyncIterable<unknown>,
  own: UserData | undefined,
): AsyncGenerator<unknown, void, void> {
  for await (const item of items) yield renameKeys(item, toSnakeCase, own);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
