import {
  ArrayType,
  Comment,
  type DeclarationReflection,
  ReferenceType,
  type Reflection,
  ReflectionKind,
  type SignatureReflection,
  type SomeType,
} from "typedoc";

/** A method of a client or of a part of it. */
export interface Method {
  /** Its name, such as `users.create`. */
  readonly label: string;
  readonly reflection: DeclarationReflection;
  /** The first sentence of its doc comment. */
  readonly summary: string;
  readonly signature: SignatureReflection;
}

/** Writes a name as a link to its page. */
export type Linker = (text: string, target: Reflection | undefined) => string;

/** Returns the methods of a client and of its parts by operationId: `usersCreate` for `users.create`. */
export function methodsOf(client: DeclarationReflection): Map<string, Method> {
  const methods = new Map(ownMethods(client).map((method) => [method.label, method]));
  for (const property of client.getChildrenByKind(ReflectionKind.Property)) {
    const part = property.type instanceof ReferenceType ? property.type.reflection : undefined;
    if (!part?.isDeclaration()) continue;
    for (const method of ownMethods(part)) {
      const label = `${property.name}.${method.label}`;
      methods.set(
        label.replace(/\.(.)/, (_all, letter: string) => letter.toUpperCase()),
        { ...method, label },
      );
    }
  }
  return methods;
}

function ownMethods(client: DeclarationReflection): Method[] {
  return client.getChildrenByKind(ReflectionKind.Method).flatMap((reflection) => {
    const [signature] = reflection.signatures ?? [];
    return signature ? [{ label: reflection.name, reflection, signature, summary: summaryOf(signature) }] : [];
  });
}

function summaryOf({ comment }: SignatureReflection): string {
  const deprecated = comment?.getTag("@deprecated");
  const text = Comment.combineDisplayParts(deprecated?.content ?? comment?.summary);
  const [sentence = ""] = /^.*?[.!?](?=\s|$)/s.exec(text.replace(/\s+/g, " ")) ?? [];
  return deprecated ? `Deprecated. ${sentence}` : sentence;
}

/** Writes the parameters of a method, without the options for one call. */
export function requestOf({ signature }: Method, link: Linker): string {
  const parameters = (signature.parameters ?? []).filter(({ name }) => name !== "options");
  return parameters.map(({ type }) => written(type, link)).join(", ");
}

/** Writes the type of the resolved value of a method. */
export function answerOf({ signature: { type } }: Method, link: Linker): string {
  const isPromise = type instanceof ReferenceType && type.name === "Promise";
  return written(isPromise ? type.typeArguments?.[0] : type, link);
}

function written(type: SomeType | undefined, link: Linker): string {
  if (type instanceof ArrayType) return `${written(type.elementType, link)}\`[]\``;
  if (!(type instanceof ReferenceType)) return `\`${type}\``.replaceAll("|", "\\|");
  const parts = (type.typeArguments ?? []).filter((argument) => `${argument}` !== "void");
  const name = link(type.name.replace(/^T\./, ""), type.reflection);
  return parts.length > 0 ? `${name} of ${parts.map((part) => written(part, link)).join(", ")}` : name;
}
