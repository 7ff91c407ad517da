import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

/** What openapi-typescript says nothing about: the types that it makes of the whole document. */
const FRAMES: Record<string, string> = {
  paths: "What each path takes and answers, by its verb.",
  webhooks: "What is sent to your server, by the name of the event.",
  components: "The parts of the spec by their names: schemas, parameters, answers.",
  operations: "What each operation takes and answers, by its operationId.",
};

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
  return onLinesOfTheirOwn(withFrames(astToString(nodes).replaceAll("@description ", "")));
}

function withFrames(code: string): string {
  return code.replace(/^export (?:interface|type) (\w+)/gm, (start, name: string) => {
    return FRAMES[name] ? `/** ${FRAMES[name]} */\n${start}` : start;
  });
}

/** Spreads doc comments of one line over three: bundlers of declarations take them for a remark on the line before. */
function onLinesOfTheirOwn(code: string): string {
  return code.replace(/^( *)\/\*\* (.*?) \*\/$/gm, "$1/**\n$1 * $2\n$1 */");
}
