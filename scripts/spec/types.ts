import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { requestReferences } from "./request-references.ts";
import type { Document } from "./schema.ts";

/** The doc comments of the types of the whole document, which openapi-typescript leaves out. */
const FRAMES: Record<string, string> = {
  paths: "The parameters, bodies and responses of each path, by its verb.",
  webhooks: "What is sent to your server, by the name of the event.",
  components: "The parts of the spec by their names: schemas, parameters, responses.",
  operations: "The parameters, bodies and responses of each operation, by its operationId.",
};

/**
 * Writes the types of a spec. Optional properties of requests may be undefined, for callers with
 * `exactOptionalPropertyTypes`; a response, which is JSON, holds no undefined. A string marked `x-other-values` becomes
 * `string & {}`, so that the known values beside it are still offered by an editor.
 */
export async function typesOf(spec: string, document: Document): Promise<string> {
  const otherValues = ts.factory.createIntersectionTypeNode([
    ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
    ts.factory.createTypeLiteralNode([]),
  ]);
  const nodes = await openapiTS(spec, {
    defaultNonNullable: false,
    transform: (schema) => ("x-other-values" in schema ? otherValues : undefined),
  });
  const { transformed } = ts.transform(nodes, [widenRequests(requestReferences(document))]);
  return onLinesOfTheirOwn(withFrames(astToString(transformed).replaceAll("@description ", "")));
}

/** Adds `undefined` to the optional properties of requests: of parameters, of bodies, and of the schemas that they refer to. */
function widenRequests(references: ReadonlySet<string>) {
  return (context: ts.TransformationContext) => {
    function widenWithin(node: ts.Node): ts.Node {
      const visited = ts.visitEachChild(node, widenWithin, context);
      return ts.isPropertySignature(visited) ? orUndefined(visited) : visited;
    }
    return (node: ts.Node): ts.Node => {
      function visit(child: ts.Node, path: readonly string[]): ts.Node {
        if (!ts.isPropertySignature(child)) return ts.visitEachChild(child, (inner) => visit(inner, path), context);
        const inside = [...path, nameOf(child)];
        const [frame, kind, name] = inside;
        const isRequest =
          (frame === "operations" && (name === "parameters" || name === "requestBody")) ||
          (frame === "components" && references.has(`#/components/${kind}/${name}`));
        return isRequest ? widenWithin(child) : ts.visitEachChild(child, (inner) => visit(inner, inside), context);
      }
      return visit(node, ts.isInterfaceDeclaration(node) ? [node.name.text] : []);
    };
  };
}

function nameOf({ name }: ts.PropertySignature): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : "";
}

/** Replaces `never` by `undefined` in places without parameters, such as `query`. A body stays `never`. */
function orUndefined(property: ts.PropertySignature): ts.PropertySignature {
  const { modifiers, name, questionToken, type } = property;
  if (!questionToken || !type || nameOf(property) === "requestBody") return property;
  const isNever = type.kind === ts.SyntaxKind.NeverKeyword;
  const types = isNever ? [] : ts.isUnionTypeNode(type) ? type.types : [type];
  const undefinedType = ts.factory.createKeywordTypeNode(ts.SyntaxKind.UndefinedKeyword);
  const wider = ts.factory.createUnionTypeNode([...types, undefinedType]);
  return ts.factory.updatePropertySignature(property, modifiers, name, questionToken, wider);
}

function withFrames(code: string): string {
  return code.replace(/^export (?:interface|type) (\w+)/gm, (start, name: string) => {
    return FRAMES[name] ? `/** ${FRAMES[name]} */\n${start}` : start;
  });
}

/** Writes doc comments of one line on three lines, because bundlers of declarations attach the others to the line before. */
function onLinesOfTheirOwn(code: string): string {
  return code.replace(/^( *)\/\*\* (.*?) \*\/$/gm, "$1/**\n$1 * $2\n$1 */");
}
