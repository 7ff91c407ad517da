import { join, relative } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const entry = join(root, "src/emulator/index.ts");

const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
const program = ts.createProgram([entry], options);
const checker = program.getTypeChecker();

function exported(): ts.Symbol[] {
  const file = program.getSourceFile(entry);
  const symbol = file && checker.getSymbolAtLocation(file);
  if (!symbol) throw new Error(`${entry} exports nothing`);
  return checker
    .getExportsOfModule(symbol)
    .map((one) => (one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one));
}

/** Whether somebody has written it by hand, for all to see. */
function isOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => {
    const isHidden =
      ts.isClassElement(declaration) &&
      (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private ||
        (declaration.name && ts.isPrivateIdentifier(declaration.name)));
    return !isHidden && relative(root, declaration.getSourceFile().fileName).startsWith("src/");
  });
}

function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias))) return [];
  return checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).filter(isOurs);
}

function isUndocumented(symbol: ts.Symbol): boolean {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)) === "";
}

it("is documented in full", () => {
  const things = exported().flatMap((symbol) => [
    { name: symbol.name, symbol },
    ...membersOf(symbol).map((member) => ({ name: `${symbol.name}.${member.name}`, symbol: member })),
  ]);
  const names = things.map(({ name }) => name);
  const samples = ["Seed", "Clock.now", "Emulator.outbox", "Visit.enter", "RuleOptions.when", "EmulatorOptions.otp"];
  expect(names).toEqual(expect.arrayContaining(samples));
  expect(things.filter(({ symbol }) => isUndocumented(symbol)).map(({ name }) => name)).toEqual([]);
});
