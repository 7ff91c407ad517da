/**
 * Where a JSON value holds keys of the user's own data: in all of it, or in some of its fields. `known` lists the fields that
 * the API defines in an object whose other fields are the user's. An array is described by its items.
 */
export type UserData =
  | "all"
  | { readonly known?: readonly string[] | undefined; readonly fields: { readonly [field: string]: UserData } };

/** Throws the error for a wrong argument. */
export type Reject = (problem: string) => never;

/** The deepest request that is renamed, in levels: the limit that responses have. */
const DEEPEST = 500;

/** The classes of boxed values, of which `JSON.stringify` writes the primitive value. */
const BOXED = ["Boolean", "Number", "String", "BigInt"];

/** What to pass in the place of a value that JSON would write as an empty object. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  Map: "Pass Object.fromEntries(map)",
  Set: "Pass an array, such as [...set]",
};

/** `userAuthenticatorId` -> `user_authenticator_id` */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `user_authenticator_id` -> `userAuthenticatorId` */
export function toCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_underscore, letter: string) => letter.toUpperCase());
}

/**
 * Returns a copy of a response with its keys in snake_case, except those of the user's own data. Where two names become one,
 * the value of the API's own name, which has no underscore, is kept: an additional field of a response cannot replace it.
 */
export function toSnakeResponse(value: unknown, userData?: UserData): unknown {
  if (userData === "all") return value;
  if (Array.isArray(value)) return value.map((item) => toSnakeResponse(item, userData));
  if (!isPlain(value)) return value;
  const renamed = new Map<string, unknown>();
  for (const [name, inner] of Object.entries(value)) {
    const camel = toCamelCase(name);
    const target = isUserField(camel, userData) ? name : toSnakeCase(name);
    if (renamed.has(target) && camel !== name) continue;
    renamed.set(target, isUserField(camel, userData) ? inner : toSnakeResponse(inner, inField(userData, camel)));
  }
  return Object.fromEntries(renamed);
}

/**
 * Returns a copy of a request with its keys in camelCase, except those of the user's own data. Instances of classes are read
 * as `JSON.stringify` reads them. A value that JSON would leave out is rejected by its path, and so is a second name of the same
 * field.
 */
export function toCamelRequest(value: unknown, reject: Reject, userData?: UserData): unknown {
  return new RequestRenaming(reject).renamed(value, userData, "");
}

/** Returns the user's own data inside a field. */
export function inField(userData: UserData | undefined, name: string): UserData | undefined {
  if (userData === undefined || userData === "all") return userData;
  return Object.hasOwn(userData.fields, name) ? userData.fields[name] : undefined;
}

/** Whether a value has a method, its own or of its class. */
export function hasMethod(value: unknown, name: string): value is object {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function";
}

/** Returns the kind of an object by its tag, such as `"Date"`; `"Object"` for classes without a tag. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Renames one request. It keeps the objects that lead to the current value, to find loops. */
class RequestRenaming {
  readonly #reject: Reject;
  readonly #parents: object[] = [];

  constructor(reject: Reject) {
    this.#reject = reject;
  }

  renamed(value: unknown, userData: UserData | undefined, path: string): unknown {
    if (userData === "all" || typeof value !== "object" || value === null || isAtom(value)) return value;
    if (this.#parents.includes(value))
      this.#rejectAt(path, "holds itself, which JSON cannot. Pass a copy without the loop");
    if (this.#parents.length >= DEEPEST)
      this.#rejectAt(path, `is more than ${DEEPEST} levels deep. Pass a flatter object`);
    this.#parents.push(value);
    const copy = this.#copy(value, userData, path);
    this.#parents.pop();
    return copy;
  }

  #copy(value: object, userData: UserData | undefined, path: string): unknown {
    if (Array.isArray(value)) return value.map((item, index) => this.renamed(item, userData, `${path}[${index}]`));
    const toJson: unknown = Reflect.get(value, "toJSON");
    const json: unknown = typeof toJson === "function" ? Reflect.apply(toJson, value, [path]) : value;
    if (json === value) return this.#fields(value, userData, path);
    // A value that JSON writes as one text, such as a date, has no names to rename.
    return typeof json === "object" && json !== null ? this.renamed(json, userData, path) : value;
  }

  #fields(value: object, userData: UserData | undefined, path: string): unknown {
    this.#checkKind(value, path);
    const fields = new Map<string, { name: string; inner: unknown }>();
    for (const [name, inner] of Object.entries(value)) {
      const camel = toCamelCase(name);
      const target = isUserField(camel, userData) ? name : camel;
      const other = fields.get(target);
      if (inner === undefined && other) continue;
      if (other && other.inner !== undefined) {
        this.#reject(
          `${join(path, other.name)} and ${join(path, name)} are two names of one field. Pass one of them only`,
        );
      }
      fields.set(target, { name, inner });
    }
    return Object.fromEntries(
      [...fields].map(([target, { name, inner }]) => {
        const isKept = isUserField(toCamelCase(name), userData);
        return [target, isKept ? inner : this.renamed(inner, inField(userData, target), join(path, name))];
      }),
    );
  }

  /** Rejects an object if JSON would leave out a part of it. */
  #checkKind(value: object, path: string): void {
    const names = Object.keys(value);
    const tag = tagOf(value);
    if (hasMethod(value, "then")) this.#rejectAt(path, "is a promise. Await it first");
    if (hasMethod(value, "pipe"))
      this.#rejectAt(path, "is a stream, which JSON cannot hold. Pass what was read from it");
    if (tag === "Error" || (tag !== "Object" && names.length === 0)) {
      const fallback = "Pass a plain object with what you want to send";
      const instead = Object.hasOwn(REPLACEMENTS, tag) ? REPLACEMENTS[tag] : fallback;
      this.#rejectAt(path, `is of the class ${tag}, which JSON cannot hold. ${instead}`);
    }
    const { getter, hasMethods } = inherited(value);
    if (getter !== undefined) {
      const problem = "is a getter of a class, which JSON leaves out. Pass a plain object with what you want to send";
      this.#rejectAt(join(path, getter), problem);
    }
    if (hasMethods && names.length === 0) {
      const problem = "is an instance of a class without public fields, so that nothing of it would be sent";
      this.#rejectAt(path, `${problem}. Pass a plain object`);
    }
  }

  #rejectAt(path: string, problem: string): never {
    return this.#reject(`${path || "The request"} ${problem}`);
  }
}

/** Whether a field, by its camelCase name, was added by the user to an object of the API. */
function isUserField(camel: string, userData: UserData | undefined): boolean {
  return typeof userData === "object" && userData.known !== undefined && !userData.known.includes(camel);
}

/** Whether an object has no names to rename: bytes, and boxed primitive values. */
function isAtom(value: object): boolean {
  return ArrayBuffer.isView(value) || BOXED.includes(tagOf(value));
}

/** Whether a value is an object without a class, of any realm. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || isRootPrototype(prototype);
}

/** Whether an object is the `Object.prototype` of its realm. */
function isRootPrototype(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null;
}

/** The members that an object has from its class. */
interface Inherited {
  /** The first getter that no property of the object hides. */
  readonly getter?: string;
  readonly hasMethods: boolean;
}

function inherited(value: object): Inherited {
  let hasMethods = false;
  for (
    let level = Object.getPrototypeOf(value);
    level !== null && !isRootPrototype(level);
    level = Object.getPrototypeOf(level)
  ) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (name === "constructor" || Object.hasOwn(value, name)) continue;
      if (get) return { getter: name, hasMethods };
      hasMethods = true;
    }
  }
  return { hasMethods };
}

/** Appends a name to a path, as JavaScript would write it: `a.b`, and `a["b c"]` for a name that is no identifier. */
function join(path: string, name: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path ? `${path}.${name}` : name;
}
