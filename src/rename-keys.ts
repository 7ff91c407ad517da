import { toCamelCase, toSnakeCase, type UserData } from "./case.ts";

/** Refuses an argument. It always throws. */
export type Refuse = (problem: string) => never;

/** The deepest request that is renamed, in levels, as for responses. */
const DEEPEST = 500;

/** What `JSON.stringify` writes as the value that is inside. */
const BOXED = ["Boolean", "Number", "String", "BigInt"];

/** What to write instead of a value that JSON would hold as an empty object. */
const INSTEAD: Readonly<Record<string, string>> = {
  Map: "Pass Object.fromEntries(map)",
  Set: "Pass an array, such as [...set]",
};

/**
 * A copy of a response with its keys in snake_case, except those that are the user's own. Where two names become one, the
 * one that the API uses, which has no underscore, is kept: an additional field of a response cannot stand for it.
 */
export function toSnakeResponse(value: unknown, userData?: UserData): unknown {
  if (userData === "all") return value;
  if (Array.isArray(value)) return value.map((item) => toSnakeResponse(item, userData));
  if (!isPlain(value)) return value;
  const renamed = new Map<string, unknown>();
  for (const [name, inner] of Object.entries(value)) {
    const camel = toCamelCase(name);
    const target = isUsers(camel, userData) ? name : toSnakeCase(name);
    if (renamed.has(target) && camel !== name) continue;
    renamed.set(target, isUsers(camel, userData) ? inner : toSnakeResponse(inner, inField(userData, camel)));
  }
  return Object.fromEntries(renamed);
}

/**
 * A copy of a request with its keys in camelCase, except those that are the user's own. Instances of classes are read as
 * `JSON.stringify` reads them. What would be left out of the request without a word is refused by its path, and so are two
 * names of one field.
 */
export function toCamelRequest(value: unknown, refuse: Refuse, userData?: UserData): unknown {
  return new Renaming(refuse).of(value, userData, "");
}

/** The renaming of one request, which knows the objects that it is inside of. */
class Renaming {
  readonly #refuse: Refuse;
  readonly #parents: object[] = [];

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  of(value: unknown, userData: UserData | undefined, path: string): unknown {
    if (userData === "all" || typeof value !== "object" || value === null || isAtom(value)) return value;
    if (this.#parents.includes(value))
      this.#refuseAt(path, "holds itself, which JSON cannot. Pass a copy without the loop");
    if (this.#parents.length >= DEEPEST)
      this.#refuseAt(path, `is more than ${DEEPEST} levels deep. Pass a flatter object`);
    this.#parents.push(value);
    const copy = this.#copy(value, userData, path);
    this.#parents.pop();
    return copy;
  }

  #copy(value: object, userData: UserData | undefined, path: string): unknown {
    if (Array.isArray(value)) return value.map((item, index) => this.of(item, userData, `${path}[${index}]`));
    const toJson: unknown = Reflect.get(value, "toJSON");
    const json: unknown = typeof toJson === "function" ? Reflect.apply(toJson, value, [path]) : value;
    if (json === value) return this.#fields(value, userData, path);
    // What is written as one text, such as a date, has no names and stays what it is.
    return typeof json === "object" && json !== null ? this.of(json, userData, path) : value;
  }

  #fields(value: object, userData: UserData | undefined, path: string): unknown {
    this.#checkKind(value, path);
    const renamed = new Map<string, { name: string; inner: unknown }>();
    for (const [name, inner] of Object.entries(value)) {
      const camel = toCamelCase(name);
      const target = isUsers(camel, userData) ? name : camel;
      const other = renamed.get(target);
      if (inner === undefined && other) continue;
      if (other && other.inner !== undefined) {
        this.#refuse(
          `${join(path, other.name)} and ${join(path, name)} are two names of one field. Pass one of them only`,
        );
      }
      renamed.set(target, { name, inner });
    }
    return Object.fromEntries(
      [...renamed].map(([target, { name, inner }]) => {
        const isKept = isUsers(toCamelCase(name), userData);
        return [target, isKept ? inner : this.of(inner, inField(userData, target), join(path, name))];
      }),
    );
  }

  /** Refuses what JSON would hold as less than it is. */
  #checkKind(value: object, path: string): void {
    const names = Object.keys(value);
    const tag = tagOf(value);
    if (hasMethod(value, "then")) this.#refuseAt(path, "is a promise. Await it first");
    if (hasMethod(value, "pipe"))
      this.#refuseAt(path, "is a stream, which JSON cannot hold. Pass what was read from it");
    if (tag === "Error" || (tag !== "Object" && names.length === 0)) {
      const instead = Object.hasOwn(INSTEAD, tag) ? INSTEAD[tag] : "Pass a plain object with what you want to send";
      this.#refuseAt(path, `is of the class ${tag}, which JSON cannot hold. ${instead}`);
    }
    const { getter, hasMethods } = inherited(value);
    if (getter !== undefined) {
      const problem = "is a getter of a class, which JSON leaves out. Pass a plain object with what you want to send";
      this.#refuseAt(join(path, getter), problem);
    }
    if (hasMethods && names.length === 0) {
      const problem = "is an instance of a class without public fields, so that nothing of it would be sent";
      this.#refuseAt(path, `${problem}. Pass a plain object`);
    }
  }

  #refuseAt(path: string, problem: string): never {
    return this.#refuse(`${path || "The request"} ${problem}`);
  }
}

/** The data of the user inside a field. */
export function inField(userData: UserData | undefined, name: string): UserData | undefined {
  if (userData === undefined || userData === "all") return userData;
  return Object.hasOwn(userData.fields, name) ? userData.fields[name] : undefined;
}

/** Whether a field, by its camelCase name, is one that the user added to an object of the API. */
function isUsers(camel: string, userData: UserData | undefined): boolean {
  return typeof userData === "object" && userData.known !== undefined && !userData.known.includes(camel);
}

/** Whether a value is passed on as it is, though it is an object: bytes, and primitive values in a box. */
function isAtom(value: object): boolean {
  return ArrayBuffer.isView(value) || BOXED.includes(tagOf(value));
}

/** Whether a value is an object without a class, in whatever realm it was made. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || isRoot(prototype);
}

/** Whether an object is what all others of its realm inherit from. */
function isRoot(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null;
}

/** What an object has from its class: a getter that no property of its own hides, and whether there are methods. */
function inherited(value: object): { getter?: string; hasMethods: boolean } {
  let hasMethods = false;
  for (
    let level = Object.getPrototypeOf(value);
    level !== null && !isRoot(level);
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

/** Whether a value has a method, its own or of its class. */
export function hasMethod(value: unknown, name: string): value is object {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function";
}

/** What kind of object the platform says that this is: `"Object"` for those of other classes. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function join(path: string, name: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path ? `${path}.${name}` : name;
}
