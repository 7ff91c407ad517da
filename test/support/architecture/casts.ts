import ts from "typescript";
import { offender, type Project, sourcesIn, walk } from "./project.ts";

/** Lists `as`, `<T>` and `!`, but for `as const`. */
export function casts(project: Project): string[] {
  return nodesOf(project, (node) => {
    if (ts.isAsExpression(node)) return node.type.getText() !== "const";
    if (ts.isTypeAssertionExpression(node) || ts.isNonNullExpression(node)) return true;
    return (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) && node.exclamationToken !== undefined;
  });
}

/** Lists each `any` that is written. */
export function anys(project: Project): string[] {
  return nodesOf(
    project,
    ({ kind }) => kind === ts.SyntaxKind.AnyKeyword,
    ({ parent }) => parent,
  );
}

/** Lists comments that suppress a check. */
export function suppressions({ files }: Project): string[] {
  return [...files]
    .filter(([name]) => /^(src|scripts)\//.test(name))
    .flatMap(([name, text]) =>
      text.split("\n").flatMap((line, index) => {
        const [found] = /@ts-(ignore|expect-error|nocheck)|(biome|eslint|prettier)-(ignore|disable)/.exec(line) ?? [];
        return found ? [`${name}:${index + 1}: ${found}`] : [];
      }),
    );
}

/** Lists uses of `Object(value)` as a value of any type, such as `Object(value).field` and `const { field } = Object(value)`. */
export function untypedReads(project: Project): string[] {
  return nodesOf(project, isUntypedRead, ({ parent }) => parent);
}

/** `Object()` returns `any`, so that everything that is read of it has passed no check. */
function isUntypedRead(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== "Object")
    return false;
  let used: ts.Node = node;
  while (ts.isParenthesizedExpression(used.parent)) used = used.parent;
  const { parent } = used;
  if (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) return parent.expression === used;
  if (ts.isVariableDeclaration(parent)) return parent.type === undefined;
  if (!ts.isCallExpression(parent)) return false;
  return parent.arguments.includes(node) && /^Reflect\.(get|apply)$/.test(parent.expression.getText());
}

/**
 * Lists type predicates that are casts in disguise. What a predicate claims beyond the type that it was given must show in
 * its body:
 *
 * - of an object, the name of each required property, as in `"id" in value`, `value.id` or a list of names,
 * - of a list, `Array.isArray`, and of one with a fixed length, `length`,
 * - of a primitive, a comparison, a `typeof`, a search in a list or a regular expression,
 *
 * or in the body of a type predicate that it calls, generated validators included.
 */
export function falsePredicates({ sources, checker }: Project): string[] {
  return [...sources]
    .filter(([name]) => name.startsWith("src/"))
    .flatMap(([name, source]) => {
      const found: string[] = [];
      walk(source, (node) => {
        if (!ts.isFunctionLike(node) || !("body" in node) || !node.body || !node.type) return;
        if (!ts.isTypePredicateNode(node.type)) return;
        const lacking = lacks(checker, node, node.type, node.body);
        if (lacking) found.push(offender(name, node.type, `${nameOf(node)}(): ${node.type.getText()} ${lacking}`));
      });
      return found;
    });
}

function nameOf(node: ts.SignatureDeclaration): string {
  const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return named?.getText() ?? "function";
}

/** Says what a predicate does not check of what it claims. */
function lacks(
  checker: ts.TypeChecker,
  node: ts.SignatureDeclaration,
  { type: typeNode, parameterName }: ts.TypePredicateNode,
  body: ts.Node,
): string | undefined {
  const parameter = node.parameters.find(({ name }) => name.getText() === parameterName.getText());
  const given = checker.getTypeAtLocation(parameter ?? parameterName);
  const claimed = typeNode && checker.getTypeFromTypeNode(typeNode);
  if (!claimed) return undefined;
  const evidence = evidenceOf(checker, body, parameterName.getText());
  // That a value is a list proves nothing about its length.
  const proven = evidence.claims
    .filter((type) => !checker.isArrayType(type))
    .flatMap((type) => checker.getPropertiesOfType(type))
    .map(({ name }) => name);
  const known = new Set([...evidence.names, ...proven]);
  const missing = requiredOf(checker, claimed, given).filter((name) => !known.has(name));
  if (missing.length > 0) return `without a check of ${missing.join(", ")}`;
  return evidence.isChecked ? undefined : "without a check";
}

/** Names the properties that a type has for certain, and that are not known of the given one. */
function requiredOf(checker: ts.TypeChecker, claimed: ts.Type, given: ts.Type): string[] {
  if (claimed.isUnion()) {
    const lists = claimed.types.map((type) => requiredOf(checker, type, given));
    // A value of a union needs to show that it is of one of its members.
    return lists.sort((one, other) => one.length - other.length)[0] ?? [];
  }
  const isPrimitive = claimed.isIntersection()
    ? claimed.types.some(({ flags }) => flags & ts.TypeFlags.StringLike)
    : !(claimed.flags & ts.TypeFlags.Object);
  if (isPrimitive) return [];
  if (checker.isArrayType(claimed) || checker.isTupleType(claimed)) {
    const isList = (type: ts.Type) => checker.isArrayType(type) || checker.isTupleType(type);
    const lists = given.isUnion() ? given.types.filter(isList) : [];
    const isOnlyList = lists.length > 0 && lists.every((type) => checker.isTypeAssignableTo(type, claimed));
    return checker.isTupleType(claimed) && !isOnlyList ? ["isArray", "length"] : ["isArray"];
  }
  const properties = checker.getPropertiesOfType(claimed).filter((one) => !(one.flags & ts.SymbolFlags.Optional));
  const fresh = properties.filter((property) => {
    const known = checker.getPropertyOfType(checker.getApparentType(given), property.name);
    if (!known) return true;
    return !checker.isTypeAssignableTo(checker.getTypeOfSymbol(known), checker.getTypeOfSymbol(property));
  });
  return fresh.map(({ name }) => name.replace(/^__@(\w+?)@.*$/, "$1"));
}

interface Evidence {
  readonly names: ReadonlySet<string>;
  /** What the predicates that are called claim themselves. */
  readonly claims: readonly ts.Type[];
  /** Whether the value, or a part of it, is compared or passed to a function. */
  readonly isChecked: boolean;
}

const COMPARISONS = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.InKeyword,
  ts.SyntaxKind.InstanceOfKeyword,
]);

/** Gathers what a body, and the constants that it names, say of a value. */
function evidenceOf(checker: ts.TypeChecker, body: ts.Node, value: string): Evidence {
  const names = new Set<string>();
  const claims: ts.Type[] = [];
  let isChecked = false;
  const read = (root: ts.Node, isBody: boolean) =>
    walk(root, (node) => {
      if (ts.isPropertyAccessExpression(node)) names.add(node.name.text);
      if (ts.isStringLiteralLike(node) || ts.isBindingElement(node)) names.add(textOf(node));
      if (!isBody) return;
      if (ts.isBinaryExpression(node) && COMPARISONS.has(node.operatorToken.kind)) isChecked ||= mentions(node, value);
      if (ts.isCallExpression(node)) {
        isChecked ||= mentions(node, value);
        const claim = claimOf(checker, node);
        if (claim) claims.push(claim);
      }
      if (ts.isIdentifier(node)) for (const constant of constantsOf(checker, node)) read(constant, false);
    });
  read(body, true);
  return { names, claims, isChecked };
}

function textOf(node: ts.StringLiteralLike | ts.BindingElement): string {
  return ts.isBindingElement(node) ? (node.propertyName ?? node.name).getText() : node.text;
}

function mentions(node: ts.Node, name: string): boolean {
  let isMentioned = false;
  walk(node, (one) => {
    isMentioned ||=
      (ts.isIdentifier(one) && one.text === name) || (name === "this" && one.kind === ts.SyntaxKind.ThisKeyword);
  });
  return isMentioned;
}

function claimOf(checker: ts.TypeChecker, call: ts.CallExpression): ts.Type | undefined {
  const signature = checker.getResolvedSignature(call);
  return signature && checker.getTypePredicateOfSignature(signature)?.type;
}

/** The values of the constants that a name stands for. */
function constantsOf(checker: ts.TypeChecker, node: ts.Identifier): ts.Node[] {
  const symbol = checker.getSymbolAtLocation(node);
  const isImported = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  const declarations = (isImported ? checker.getAliasedSymbol(symbol) : symbol)?.getDeclarations() ?? [];
  return declarations.flatMap((one) => (ts.isVariableDeclaration(one) && one.initializer ? [one.initializer] : []));
}

function nodesOf(
  project: Project,
  isOffender: (node: ts.Node) => boolean,
  shown: (node: ts.Node) => ts.Node = (node) => node,
): string[] {
  return sourcesIn(project, "src").flatMap(([name, source]) => {
    const found: string[] = [];
    walk(source, (node) => {
      if (isOffender(node)) found.push(offender(name, shown(node)));
    });
    return found;
  });
}
