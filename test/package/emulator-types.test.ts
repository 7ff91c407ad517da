import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { root } from "../../scripts/pack.ts";

/** The declarations of both formats. */
const PARTS = ["Complete", "Filled", "LOOPBACK_HOSTS", "SNAPSHOT", "Schema", "SchemaOf", "Send", "Unit", "components"];

test("the types of the ES module are those of the CommonJS module", () => {
  expect(readFileSync(join(root, "dist/emulator.d.ts"), "utf8")).toMatch(/^export \* from "\.\/emulator\.cjs";$/m);
});

test("emulator.d.cts declares nothing internal", () => {
  const text = readFileSync(join(root, "dist/emulator.d.cts"), "utf8");
  const { statements } = ts.createSourceFile("emulator.d.cts", text, ts.ScriptTarget.ESNext);
  const published = statements.filter(ts.isExportDeclaration).flatMap(({ exportClause }) => {
    return exportClause && ts.isNamedExports(exportClause) ? exportClause.elements.map((one) => one.name.text) : [];
  });
  expect(published).toContain("startEmulator");
  const inside = statements.flatMap(namesOf).filter((one) => !published.includes(one));
  expect(inside.sort()).toEqual(PARTS);
});

function namesOf(statement: ts.Statement): string[] {
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement);
  if (isNamed) return [statement.name?.text ?? "default"];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.map(({ name }) => (ts.isIdentifier(name) ? name.text : "pattern"));
}
