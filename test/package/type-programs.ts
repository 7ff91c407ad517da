import ts from "typescript";
import { type Entry, type Exported, isOurs, isPublic, nameOf, type PublicTypes } from "./public-types.ts";

// Writes programs of a consumer that use every export of the package, so that a new export is used too.

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Names that a view in snake_case does not change. */
const AS_THEY_ARE = ["webhook", "ok"];

/** How deep a program reads into the value of a call. */
const DEPTH = 3;

/**
 * A program that exports a function for each use: of each function, class, method and property of the package, and of what
 * these give. Their types are left to the compiler, which has to name them in the declarations that it emits.
 */
export function usesOf({ checker, exports }: PublicTypes): string {
  const lines: string[] = ["declare const given: never;"];
  const seen = new Map<string, Set<ts.Type>>();
  let count = 0;

  /** Uses a value; `make` is an expression for it, and `isLater` says that it has to be waited for. */
  function use(make: string, type: ts.Type, depth: number, isLater: boolean): void {
    lines.push(`export const use${++count} = ${isLater ? "async " : ""}() => ${make};`);
    const { promised, isPromise } = awaited(type);
    if (depth === 0 || !isNew(promised)) return;
    const value = isPromise ? `(await ${make})` : make;
    for (const member of membersOf(promised)) {
      const memberType = checker.getTypeOfSymbol(member);
      const [call] = memberType.getCallSignatures();
      const place = `${value}.${member.name}`;
      const later = isLater || isPromise;
      if (call) use(`${place}(${argumentsOf(call)})`, call.getReturnType(), depth - 1, later);
      else use(place, memberType, depth - 1, later);
    }
  }

  function isNew(type: ts.Type): boolean {
    const key = checker.typeToString(type);
    const known = seen.get(key) ?? new Set();
    seen.set(key, known.add(type));
    return known.size === 1 || ![...known].slice(0, -1).some((one) => one.symbol === type.symbol);
  }

  function membersOf(type: ts.Type): ts.Symbol[] {
    const isPlain = type.isUnion() || (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0;
    if (isPlain || checker.isArrayType(type)) return [];
    return checker.getPropertiesOfType(type).filter((one) => isOurs(one) && isPublic(one) && IDENTIFIER.test(one.name));
  }

  function awaited(type: ts.Type): { promised: ts.Type; isPromise: boolean } {
    const promised = checker.getAwaitedType(type) ?? type;
    return { promised, isPromise: promised !== type };
  }

  const made: { name: string; type: ts.Type }[] = [];
  for (const [entry, exported] of exports) {
    const module = nameOf(entry);
    lines.unshift(`import * as ${module} from "${entry}";`);
    for (const { name, symbol } of exported.filter(isClass)) {
      const instance = `a_${module}_${name}`;
      const type = checker.getDeclaredTypeOfSymbol(symbol);
      lines.push(`declare const ${instance}: ${module}.${name}${anyOf(symbol, checker)};`);
      made.push({ name: instance, type });
      use(instance, type, DEPTH, false);
    }
  }
  for (const [entry, exported] of exports) {
    for (const { name, symbol } of exported.filter((one) => one.isValue)) {
      const value = `${nameOf(entry)}.${name}`;
      const type = checker.getTypeOfSymbol(symbol);
      lines.push(`export const use${++count} = () => ${value};`);
      for (const call of type.getCallSignatures()) {
        use(`${value}(${argumentsOf(call)})`, call.getReturnType(), DEPTH, false);
        if (isView(call, checker))
          for (const { name: client, type: shown } of made) useView(`${value}(${client})`, shown);
      }
    }
  }

  /** Uses the members of a client in another spelling; how they are called is asked of the compiler afterwards. */
  function useView(make: string, client: ts.Type): void {
    lines.push(`export const use${++count} = () => ${make};`);
    for (const member of membersOf(client).filter((one) => !AS_THEY_ARE.includes(one.name))) {
      const type = checker.getTypeOfSymbol(member);
      const [call] = type.getCallSignatures();
      const place = `${make}.${snake(member.name)}`;
      lines.push(`export const use${++count} = () => ${place}${call ? `(${argumentsOf(call)})` : ""};`);
      if (call) continue;
      for (const inner of membersOf(type)) {
        const [innerCall] = checker.getTypeOfSymbol(inner).getCallSignatures();
        const use = `${place}.${snake(inner.name)}${innerCall ? `(${argumentsOf(innerCall)})` : ""}`;
        lines.push(`export const use${++count} = () => ${use};`);
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

function isClass({ symbol }: Exported): boolean {
  return (symbol.flags & ts.SymbolFlags.Class) !== 0;
}

/** Whether a function shows a client of any kind, so that it is used with each of them. */
function isView(call: ts.Signature, checker: ts.TypeChecker): boolean {
  const [client, ...others] = call.getParameters();
  return client !== undefined && others.length === 0 && checker.getTypeOfSymbol(client).isTypeParameter();
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function argumentsOf(call: ts.Signature): string {
  return call
    .getParameters()
    .filter((one) => !one.declarations?.some((node) => ts.isParameter(node) && node.dotDotDotToken))
    .map(() => "given")
    .join(", ");
}

/** Type arguments for a generic class. */
function anyOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const count = type.isClassOrInterface() ? (type.typeParameters?.length ?? 0) : 0;
  return count === 0 ? "" : `<${Array(count).fill("never").join(", ")}>`;
}

/** A pair of programs, `.cts` and `.mts`, of which the second hands each exported type to the other copy, and takes it. */
export function copiesOf({ checker, exports }: PublicTypes): { required: string; imported: string; names: string[] } {
  const types = [...exports].flatMap(([entry, exported]) =>
    exported
      .filter(({ symbol }) => symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))
      .map(({ name, symbol }) => ({ entry, name, type: `${nameOf(entry)}.${name}${anyOf(symbol, checker)}` })),
  );
  const imports = [...exports.keys()].map((entry) => `import type * as ${nameOf(entry)} from "${entry}";`);
  const fields = types.map(({ entry, name, type }) => `  readonly ${nameOf(entry)}__${name}: ${type};`);
  const copies = (name: string) => `export interface ${name} {\n${fields.join("\n")}\n}`;
  const names = types.map(({ entry, name }) => `${nameOf(entry)}__${name}`);
  const passed = names.flatMap((name) => [
    `export const take_${name} = (one: Required["${name}"]): Imported["${name}"] => one;`,
    `export const give_${name} = (one: Imported["${name}"]): Required["${name}"] => one;`,
  ]);
  return {
    required: [...imports, copies("Required"), ""].join("\n"),
    imported: [...imports, 'import type { Required } from "./required.cjs";', copies("Imported"), ...passed, ""].join(
      "\n",
    ),
    names,
  };
}

/** A program with a class for each class of the package that implements it: all of its members, and no cast. */
export function stubsOf({ checker, exports }: PublicTypes): string {
  const lines: string[] = [];
  for (const [entry, exported] of exports) {
    lines.unshift(`import type * as ${nameOf(entry)} from "${entry}";`);
    for (const one of exported.filter(isClass)) if (!namesItself(one, checker)) lines.push(stubOf(entry, one, checker));
  }
  return `${lines.join("\n")}\n`;
}

/** Whether members speak of `this`, so that only a subclass can have them. */
function namesItself({ symbol }: Exported, checker: ts.TypeChecker): boolean {
  return checker
    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    .flatMap(({ declarations = [] }) => declarations)
    .some((one) => ts.isMethodDeclaration(one) && /\bthis\b/.test(one.type?.getText() ?? ""));
}

function stubOf(entry: Entry, { name, symbol }: Exported, checker: ts.TypeChecker): string {
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const stubbed = `${nameOf(entry)}.${name}${anyOf(symbol, checker)}`;
  const members = checker.getPropertiesOfType(type).filter((one) => isPublic(one) && IDENTIFIER.test(one.name));
  const fields = members.map(({ name: key, flags }) => {
    const member = `${stubbed}["${key}"]`;
    if (flags & ts.SymbolFlags.Method) return `  readonly ${key}: ${member} = () => { throw new Error("not used"); };`;
    if (flags & ts.SymbolFlags.Optional) return `  declare readonly ${key}?: Exclude<${member}, undefined>;`;
    return `  declare readonly ${key}: ${member};`;
  });
  return `export class Fake_${nameOf(entry)}_${name} implements ${stubbed} {\n${fields.join("\n")}\n}`;
}
