import { join } from "node:path";
import ts from "typescript";

export const root = join(import.meta.dirname, "../..");

/** The types that openapi-typescript makes of a whole document. Their keys, except those of schemas, are keywords of OpenAPI. */
const FRAMES = ["paths", "operations", "components", "webhooks"];

export interface PublicSymbol {
  /** Its name, such as `Authsignal.track`. */
  readonly name: string;
  readonly isDocumented: boolean;
}

interface Named {
  readonly name: string;
  readonly symbol: ts.Symbol;
}

/** Makes a reader of the exports of files, with the compiler options of this project. */
export function symbolReader(files: readonly string[]): (file: string) => PublicSymbol[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([...files], options);
  const checker = program.getTypeChecker();

  function exportsOf(file: string): ts.Symbol[] {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} exports nothing`);
    return checker
      .getExportsOfModule(module)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
  }

  /** Returns the symbols and, recursively, their members, each once by its shortest name. */
  function withMembers(symbols: readonly Named[]): PublicSymbol[] {
    const seen = new Set<ts.Declaration | undefined>();
    const found: PublicSymbol[] = [];
    for (let level = symbols; level.length > 0; level = level.flatMap(membersIn)) {
      level = level.filter(({ symbol: { declarations: [declaration] = [] } }) => {
        return !seen.has(declaration) && seen.add(declaration);
      });
      found.push(...level.map(({ name, symbol }) => ({ name, isDocumented: isDocumented(symbol) })));
    }
    return found;
  }

  function membersIn({ name, symbol }: Named): Named[] {
    return membersOf(symbol).map((member) => ({
      name: `${ownerOf(member) ?? name}.${labelOf(member)}`,
      symbol: member,
    }));
  }

  function isDocumented(symbol: ts.Symbol): boolean {
    const tags = symbol.getJsDocTags(checker).map(({ text }) => ts.displayPartsToString(text));
    return [ts.displayPartsToString(symbol.getDocumentationComment(checker)), ...tags].some((text) => text.trim());
  }

  function membersOf(symbol: ts.Symbol): ts.Symbol[] {
    if (FRAMES.includes(symbol.name) && filesOf(symbol).some((file) => file.startsWith(join(root, "generated/"))))
      return schemasOf(symbol);
    const members = [...classMembers(symbol), ...typesOf(symbol).flatMap((type) => type.getProperties())];
    return members.filter((member) => isPublic(member) && !isForbidden(member));
  }

  /** Returns the declared constructor and the static members of a class. */
  function classMembers(symbol: ts.Symbol): ts.Symbol[] {
    if (!(symbol.flags & ts.SymbolFlags.Class)) return [];
    const own = symbol.members?.get(ts.InternalSymbolName.Constructor);
    return [...(own ? [own] : []), ...checker.getTypeOfSymbol(symbol).getProperties()];
  }

  /** Whether a property exists only to forbid its use. */
  function isForbidden(member: ts.Symbol): boolean {
    return (checker.getTypeOfSymbol(member).flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never)) !== 0;
  }

  function schemasOf(frame: ts.Symbol): ts.Symbol[] {
    const schemas = checker.getDeclaredTypeOfSymbol(frame).getProperty("schemas");
    return schemas ? checker.getTypeOfSymbol(schemas).getProperties() : [];
  }

  function typesOf(symbol: ts.Symbol): ts.Type[] {
    const isType = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias);
    if (isType) return partsOf(checker.getDeclaredTypeOfSymbol(symbol));
    if (!(symbol.flags & (ts.SymbolFlags.Property | ts.SymbolFlags.Accessor))) return [];
    return partsOf(checker.getTypeOfSymbol(symbol)).filter(
      (type) => type.flags & ts.TypeFlags.Object && type.symbol && isOurs(type.symbol),
    );
  }

  /** Returns the members of a union, the items of a list, or the type itself. */
  function partsOf(type: ts.Type): ts.Type[] {
    if (type.isUnionOrIntersection()) return type.types.flatMap(partsOf);
    const item = checker.isArrayType(type) ? type.getNumberIndexType() : undefined;
    return item ? partsOf(item) : [type];
  }

  return (file) => withMembers(exportsOf(file).map((symbol) => ({ name: symbol.name, symbol })));
}

/** Returns the name of the class or interface that declares a member. */
function ownerOf({ declarations = [] }: ts.Symbol): string | undefined {
  const owner = declarations[0]?.parent;
  return owner && (ts.isClassLike(owner) || ts.isInterfaceDeclaration(owner)) ? owner.name?.text : undefined;
}

function labelOf({ name }: ts.Symbol): string {
  return name === ts.InternalSymbolName.Constructor ? "constructor" : name;
}

/** Whether a symbol is declared in this package and public. */
function isPublic(symbol: ts.Symbol): boolean {
  return isOurs(symbol) && !(symbol.declarations ?? []).some(isHidden);
}

function isOurs(symbol: ts.Symbol): boolean {
  return filesOf(symbol).some((file) => !file.includes("/node_modules/"));
}

function isHidden(declaration: ts.Declaration): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const name = ts.getNameOfDeclaration(declaration);
  return (
    (ts.getCombinedModifierFlags(declaration) & hidden) !== 0 ||
    (name !== undefined && ts.isPrivateIdentifier(name)) ||
    ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === "internal")
  );
}

function filesOf({ declarations = [] }: ts.Symbol): string[] {
  return declarations.map((one) => one.getSourceFile().fileName);
}
