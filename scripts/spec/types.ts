import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

/**
 * The types of a spec. A string marked `x-other-values` becomes `string & {}`, so that the known values beside it are
 * still offered by an editor.
 */
export async function typesOf(spec: string): Promise<string> {
  const otherValues = ts.factory.createIntersectionTypeNode([
    ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
    ts.factory.createTypeLiteralNode([]),
  ]);
  const nodes = await openapiTS(spec, {
    defaultNonNullable: false,
    transform: (schema) => ("x-other-values" in schema ? otherValues : undefined),
  });
  return onLinesOfTheirOwn(astToString(nodes).replaceAll("@description ", ""));
}

/** Spreads doc comments of one line over three: bundlers of declarations take them for a remark on the line before. */
function onLinesOfTheirOwn(code: string): string {
  return code.replace(/^( *)\/\*\* (.*?) \*\/$/gm, "$1/**\n$1 * $2\n$1 */");
}
