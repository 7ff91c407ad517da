import { readdirSync, readFileSync } from "node:fs";
import { join, normalize, relative } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
function filesIn(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
}

const files = [...filesIn("src"), ...filesIn("scripts")];
const sources = files.filter((name) => name.startsWith("src"));

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.ESNext, true);
}

function importsOf(file: string, kind: "code" | "all" = "all"): string[] {
  return parse(file).statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const isTypeOnly = ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly : statement.isTypeOnly;
    if (kind === "code" && isTypeOnly) return [];
    const { moduleSpecifier } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return [];
    const target = moduleSpecifier.text;
    return [target.startsWith(".") ? relative(root, normalize(join(root, file, "..", target))) : target];
  });
}

/** The packages that are built into the emulator. */
const BUNDLED = "(hono|@hono/node-server)(/.*)?|otpauth|jsonwebtoken|ms|node-html-parser|uqr";

/** Who may import whom. The first rule whose pattern fits a file holds. */
const RULES: [file: RegExp, mayImport: RegExp][] = [
  [/^src\/(printable|builtin|own-options|parse-url)\.ts$/, /^$/],
  [/^src\/errors\.ts$/, /^src\/printable\.ts$/],
  [/^src\/(utf8|uuid)\.ts$/, /^src\/builtin\.ts$/],
  [/^src\/naming\.ts$/, /^$/],
  [/^src\/rename\.ts$/, /^src\/naming\.ts$/],
  [/^src\/snake-case\.ts$/, /^(src\/(errors|naming|rename|authsignal\/response-info)\.ts|generated\/.*-data\.ts)$/],
  [/^src\/signature\.ts$/, /^(src\/(builtin|utf8)\.ts|@noble\/hashes\/.*)$/],
  [/^src\/webhook\/request\.ts$/, /^src\/(errors|utf8)\.ts$/],
  [/^src\/webhook\.ts$/, /^(src\/(signature|utf8|webhook\/request)\.ts|generated\/authsignal\.ts)$/],
  [
    /^src\/http\/node-transport\.ts$/,
    /^(src\/((errors|builtin|own-options|parse-url|printable|utf8)\.ts|http\/.*)|node:.*)$/,
  ],
  [/^src\/http\//, /^(src\/((errors|builtin|own-options|parse-url|printable|utf8)\.ts|http\/.*)|openapi-fetch)$/],
  [
    /^src\/authsignal\//,
    /^(src\/((errors|own-options|parse-url|printable|utf8|uuid|webhook)\.ts|http\/.*|authsignal\/.*)|generated\/.*|openapi-fetch)$/,
  ],
  [
    /^src\/authy\//,
    /^(src\/((errors|naming|own-options|parse-url|signature|utf8|webhook\/request)\.ts|http\/.*|authy\/.*)|generated\/(authy.*|version)\.ts|openapi-fetch|libphonenumber-js\/min)$/,
  ],
  [
    /^src\/migration\/import\//,
    /^(src\/((builtin|errors)\.ts|authsignal\/.*|authy\/phone\.ts|migration\/import\/.*)|csv-parse\/sync)$/,
  ],
  [/^src\/migration\/cli/, /^(src\/(authsignal\/.*|migration\/.*)|generated\/version\.ts|node:.*|cli-progress)$/],
  [/^src\/migration\/index\.ts$/, /^src\/(authy\/error|migration\/(bridge(\/.*)?|import\/(error|types)))\.ts$/],
  [/^src\/migration\//, /^(src\/(errors\.ts|naming\.ts|http\/.*|authsignal\/.*|authy\/.*|migration\/bridge.*))$/],
  [
    /^src\/step-up\//,
    /^src\/((errors|own-options|parse-url|signature|uuid|webhook|authsignal\/(authsignal|types))\.ts|step-up\/.*)$/,
  ],
  [/^src\/(index|client)\.ts$/, /^(src\/(?!emulator\/).*|generated\/.*)$/],
  [/^src\/emulator\//, new RegExp(`^(src/(webhook\\.ts|emulator/.*)|generated/.*|node:.*|${BUNDLED})$`)],
];

/** The folders of the emulator. Code of one may use what comes before it; types may come from anywhere. */
const LAYERS = ["wire", "tenant|webhooks", "api", "operations", "client-api|pages|inspector", "service"];

function layerOf(file: string): number {
  const folder = file.split("/")[2];
  return LAYERS.findIndex((layer) => layer.split("|").some((one) => one === folder));
}

describe("the house", () => {
  it.each(sources)("lets %s import only what it may", (file) => {
    const rule = RULES.find(([pattern]) => pattern.test(file));
    expect(rule, "a rule for this file").toBeDefined();
    expect(importsOf(file).filter((target) => !rule?.[1].test(target))).toEqual([]);
  });

  it("keeps the emulator out of the client", () => {
    const outside = sources.filter((file) => !file.startsWith("src/emulator/"));
    const importers = outside.filter((file) => importsOf(file).some((target) => target.startsWith("src/emulator/")));
    expect(importers).toEqual([]);
    expect(importsOf("src/emulator/start.ts")).toContain("src/emulator/emulator.ts");
  });

  it("keeps the emulator in layers", () => {
    const upward = sources
      .filter((file) => file.startsWith("src/emulator/") && layerOf(file) !== -1)
      .flatMap((file) => importsOf(file, "code").map((target) => ({ file, target })))
      .filter(
        ({ file, target }) =>
          target.startsWith("src/emulator/") && !(layerOf(target) <= layerOf(file) && layerOf(target) !== -1),
      );
    expect(upward).toEqual([]);
    expect(sources.map(layerOf).filter((layer) => layer === 0).length).toBeGreaterThan(3);
  });

  it("imports Node's modules for their types only, but for what runs on Node alone", () => {
    expect(importsOf("src/http/node-transport.ts").filter((target) => target.startsWith("node:"))).not.toEqual([]);
    for (const file of sources.filter((name) => !/^src\/(emulator|migration\/cli)/.test(name))) {
      expect(readFileSync(join(root, file), "utf8"), file).not.toMatch(/^import (?!type\b)[^;]*from "node:/m);
    }
  });

  it("has one cast, which is documented, and no any", () => {
    const found: string[] = [];
    for (const file of sources) {
      const visit = (node: ts.Node): void => {
        const isConst = ts.isAsExpression(node) && node.type.getText() === "const";
        const isCast =
          (ts.isAsExpression(node) && !isConst) || ts.isTypeAssertionExpression(node) || ts.isNonNullExpression(node);
        if (isCast || node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${file}: ${node.getText()}`);
        else ts.forEachChild(node, visit);
      };
      visit(parse(file));
    }
    expect(found).toEqual(["src/http/connect.ts: RequestData as unknown as typeof Request"]);
  });

  it("suppresses no check", () => {
    const suppressed = files.filter((file) => /@ts-|biome-ignore/.test(readFileSync(join(root, file), "utf8")));
    expect(suppressed).toEqual([]);
  });

  it("has no hand-written file of more than 350 lines", () => {
    const long = [...files, ...filesIn("test")].filter(
      (file) => readFileSync(join(root, file), "utf8").split("\n").length > 350,
    );
    expect(long).toEqual([]);
  });
});
