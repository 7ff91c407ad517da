import { readdirSync, readFileSync } from "node:fs";
import { extname, join, posix } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "../../..");

/** Hand-written code, and nothing that a tool has written or that is data. */
const EXTENSIONS = new Set([".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".css"]);

/** The texts of files by their paths from the root, such as `src/errors.ts`. */
export type Files = ReadonlyMap<string, string>;

/** Files, and what the compiler makes of those that it reads. */
export interface Project {
  readonly files: Files;
  readonly sources: ReadonlyMap<string, ts.SourceFile>;
  readonly checker: ts.TypeChecker;
}

/** Reads all code below some top-level folders. */
export function readFiles(folders: readonly string[]): Files {
  const names = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => posix.join(folder, name)),
  );
  const code = names.filter((name) => EXTENSIONS.has(extname(name)) && !name.includes("node_modules/")).sort();
  return new Map(code.map((name) => [name, readFileSync(join(root, name), "utf8")]));
}

/** Parses files as the compiler does with `tsconfig.json`. Files that are not given are read from disk. */
export function projectOf(files: Files): Project {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ["a.ts"] }, ts.sys, root);
  const host = ts.createCompilerHost(options, true);
  const { fileExists, readFile, getSourceFile } = host;
  const textOf = (path: string) => files.get(posix.relative(root, path));
  host.fileExists = (path) => textOf(path) !== undefined || fileExists(path);
  host.readFile = (path) => textOf(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...more) => {
    const text = textOf(path);
    if (text === undefined) return getSourceFile(path, language, ...more);
    return ts.createSourceFile(path, text, language, true);
  };
  const names = [...files.keys()].filter((name) => extname(name) !== ".css");
  const program = ts.createProgram(
    names.map((name) => join(root, name)),
    { ...options, allowJs: true },
    host,
  );
  const sources = new Map(names.map((name) => [name, program.getSourceFile(join(root, name))] as const));
  const parsed = [...sources].flatMap(([name, source]) => (source ? [[name, source] as const] : []));
  if (parsed.length < names.length) throw new Error("The compiler has left files out");
  return { files, sources: new Map(parsed), checker: program.getTypeChecker() };
}

/** The sources below one of these folders. */
export function sourcesIn({ sources }: Project, ...folders: string[]): (readonly [name: string, ts.SourceFile])[] {
  return [...sources].filter(([name]) => folders.some((folder) => name.startsWith(`${folder}/`)));
}

/** Calls `visit` for a node and for all nodes below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** The part of an offender that is shown. */
const MAX_TEXT = 160;

/** Describes a node as an offender: `src/errors.ts:12: value as Error`. */
export function offender(name: string, node: ts.Node, what?: string): string {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  const text = what ?? node.getText().replace(/\s+/g, " ");
  return `${name}:${line + 1}: ${text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text}`;
}

/** One import of a file, in any of its forms. */
export interface Import {
  /** A path from the root such as `src/errors.ts`, or the name of a package. */
  readonly target: string;
  /** Whether only types are imported, so that nothing is loaded at run time. */
  readonly isType: boolean;
}

/** Lists what a file imports: `import`, `export from`, `import()`, `import("…").Type`, `import = require()` and `require()`. */
export function importsOf(name: string, source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, isType: boolean) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const isRelative = specifier.text.startsWith(".");
    found.push({ target: isRelative ? posix.join(posix.dirname(name), specifier.text) : specifier.text, isType });
  };
  for (const { fileName } of source.referencedFiles) {
    found.push({ target: posix.join(posix.dirname(name), fileName), isType: true });
  }
  walk(source, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, hasOnlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0], false);
  });
  return found;
}

function hasOnlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function isLoad(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}
