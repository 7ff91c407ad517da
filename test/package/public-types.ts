import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

// Reads the public types of the installed package with the compiler.

/** An entry of the package, such as `authsignal-ts/client`. */
export type Entry = string;

/** An export of an entry, with its name. */
export interface Exported {
  readonly name: string;
  readonly symbol: ts.Symbol;
  /** Whether it is a value, and not only a type. */
  readonly isValue: boolean;
}

/** The compiler, and the exports of each entry of the package. */
export interface PublicTypes {
  readonly checker: ts.TypeChecker;
  readonly exports: ReadonlyMap<Entry, readonly Exported[]>;
}

/** The entries that `package.json` offers to `import`. */
export function entriesOf(packageFolder: string): Entry[] {
  const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  return Object.keys(manifest.exports)
    .filter((path) => manifest.exports[path].import)
    .map((path) => path.replace(/^\./, manifest.name));
}

/** The compiler options of a consumer's project. */
export function optionsOf(project: string, more: ts.CompilerOptions = {}): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(project, "tsconfig.json"), ts.sys.readFile);
  return { ...ts.parseJsonConfigFileContent(config, ts.sys, project).options, ...more };
}

/** Reads the exports of the package that is installed in a project. */
export function publicTypesOf(project: string): PublicTypes {
  const entries = entriesOf(join(project, "node_modules/authsignal-ts"));
  const file = join(project, "entries.mts");
  ts.sys.writeFile(file, entries.map((entry) => `export * as _${nameOf(entry)} from "${entry}";\n`).join(""));
  const program = ts.createProgram([file], optionsOf(project));
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error("The entries cannot be read");
  const named = new Map(checker.getExportsOfModule(module).map((one) => [one.name, checker.getAliasedSymbol(one)]));
  const exportsOf = (entry: Entry) => {
    const symbol = named.get(`_${nameOf(entry)}`);
    if (!symbol) throw new Error(`${entry} cannot be read`);
    const values = checker.getPropertiesOfType(checker.getTypeOfSymbol(symbol)).map((one) => one.name);
    return checker.getExportsOfModule(symbol).map((one) => ({
      name: one.name,
      symbol: one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one,
      isValue: values.includes(one.name),
    }));
  };
  return { checker, exports: new Map(entries.map((entry) => [entry, exportsOf(entry)])) };
}

/** Makes `authsignal-ts/step-up` a part of an identifier. */
export function nameOf(entry: Entry): string {
  return entry.replace(/\W/g, "_");
}

/** Whether a symbol is declared by the package, and not by a platform. */
export function isOurs(symbol: ts.Symbol | undefined): boolean {
  return symbol?.declarations?.some((one) => one.getSourceFile().fileName.includes("/authsignal-ts/dist/")) ?? false;
}

/** Whether a member can be used from outside. */
export function isPublic({ name, declarations = [] }: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return !name.startsWith("__#") && declarations.every((one) => (ts.getCombinedModifierFlags(one) & hidden) === 0);
}
