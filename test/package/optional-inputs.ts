import ts from "typescript";
import { isOurs, isPublic, type PublicTypes } from "./public-types.ts";

/**
 * Lists the optional properties of all inputs as `Type.property`: those that reject `undefined` under
 * `exactOptionalPropertyTypes`, and those that accept it. Inputs are the parameters of public functions, methods and
 * constructors, and the results of callbacks.
 */
export function optionalInputs({ checker, exports }: PublicTypes): { narrow: string[]; wide: string[] } {
  const [narrow, wide] = [new Set<string>(), new Set<string>()];
  const seen = { input: new Set<ts.Type>(), output: new Set<ts.Type>() };
  const opposite = { input: "output", output: "input" } as const;

  function walk(type: ts.Type, direction: "input" | "output", owner: string): void {
    if (seen[direction].has(type)) return;
    seen[direction].add(type);
    for (const part of partsOf(type)) walk(part, direction, owner);
    for (const signature of type.getCallSignatures()) walkSignature(signature, direction, owner);
    if (type.flags & ts.TypeFlags.StringLike) return;
    const name = (type.aliasSymbol ?? type.getSymbol())?.name ?? owner;
    const within = name.startsWith("__") ? owner : name;
    for (const member of checker.getPropertiesOfType(type)) {
      if (!isOurs(member) || !isPublic(member)) continue;
      // A type with methods is a client, a page or a store, not an input.
      if (direction === "input" && member.declarations?.some(isMethod)) continue;
      const memberType = checker.getTypeOfSymbol(member);
      const isOptional = (member.flags & ts.SymbolFlags.Optional) !== 0 && (member.flags & ts.SymbolFlags.Method) === 0;
      const takesUndefined = alternativesOf(memberType).some(
        (one) => one === checker.getUndefinedType() || isAnything(one),
      );
      if (direction === "input" && isOptional) (takesUndefined ? wide : narrow).add(`${within}.${member.name}`);
      walk(memberType, direction, `${within}.${member.name}`);
    }
  }

  /** A property without `| undefined` has another `undefined` type, which the compiler uses for absence. */
  function alternativesOf(type: ts.Type): readonly ts.Type[] {
    return type.isUnion() ? type.types : [type];
  }

  function isAnything(type: ts.Type): boolean {
    return (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) !== 0;
  }

  /** The parameters of a callback are outputs, and its result is an input. */
  function walkSignature(signature: ts.Signature, direction: "input" | "output", owner: string): void {
    for (const parameter of signature.getParameters())
      walk(checker.getTypeOfSymbol(parameter), opposite[direction], owner);
    walk(signature.getReturnType(), direction, owner);
  }

  function partsOf(type: ts.Type): readonly ts.Type[] {
    if (type.isUnionOrIntersection()) return type.types;
    const constraint = checker.getBaseConstraintOfType(type);
    if (type.isTypeParameter() && constraint) return [constraint];
    return isReference(type) ? checker.getTypeArguments(type) : [];
  }

  for (const { name, symbol, isValue } of [...exports.values()].flat()) {
    if (!isValue) continue;
    const type = checker.getTypeOfSymbol(symbol);
    walk(type, "output", name);
    // Results are made by a client from a response.
    if (name.endsWith("Result")) continue;
    for (const signature of type.getConstructSignatures()) walkSignature(signature, "output", name);
  }
  return { narrow: [...narrow].sort(), wide: [...wide].sort() };
}

function isMethod(declaration: ts.Declaration): boolean {
  return ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration);
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return (type.flags & ts.TypeFlags.Object) !== 0 && "target" in type;
}
