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
  [/^src\/platform\/(printable|builtin|own-options|parse-url)\.ts$/, /^$/],
  [/^src\/platform\//, /^(src\/platform\/.*|@noble\/hashes\/.*)$/],
  [/^src\/errors\.ts$/, /^src\/platform\/printable\.ts$/],
  [/^src\/case\.ts$/, /^$/],
  [
    /^src\/snake-case\.ts$/,
    /^(src\/(errors|case|platform\/client-marks|authsignal\/response-info)\.ts|generated\/.*-data\.ts)$/,
  ],
  [/^src\/webhook\//, /^(src\/(errors\.ts|platform\/.*|webhook\/.*)|generated\/authsignal\.ts)$/],
  [/^src\/http\/node-transport\.ts$/, /^(src\/(errors\.ts|platform\/.*|http\/.*)|node:.*)$/],
  [/^src\/http\//, /^(src\/(errors\.ts|platform\/.*|http\/.*)|openapi-fetch)$/],
  [
    /^src\/authsignal\//,
    /^(src\/(errors\.ts|platform\/.*|webhook\/.*|http\/.*|authsignal\/.*)|generated\/.*|openapi-fetch)$/,
  ],
  [
    /^src\/authy\/migrate\/import\//,
    /^(src\/(errors\.ts|platform\/.*|authsignal\/.*|authy\/phone\.ts|authy\/migrate\/import\/.*)|csv-parse\/sync)$/,
  ],
  [
    /^src\/authy\/migrate\/cli/,
    /^(src\/(authsignal\/.*|authy\/migrate\/.*)|generated\/version\.ts|node:.*|cli-progress)$/,
  ],
  [/^src\/authy\/migrate\/index\.ts$/, /^src\/authy\/(error|migrate\/(bridge(\/.*)?|import\/(error|types)))\.ts$/],
  [
    /^src\/authy\/migrate\//,
    /^src\/(errors\.ts|case\.ts|http\/.*|authsignal\/.*|authy\/(?!migrate\/).*|authy\/migrate\/bridge.*)$/,
  ],
  [
    /^src\/authy\//,
    /^(src\/(errors\.ts|case\.ts|platform\/.*|webhook\/request\.ts|http\/.*|authy\/(?!migrate\/).*)|generated\/(authy.*|version)\.ts|openapi-fetch|libphonenumber-js\/min)$/,
  ],
  [/^src\/step-up\//, /^src\/(errors\.ts|platform\/.*|webhook\/.*|authsignal\/(authsignal|types)\.ts|step-up\/.*)$/],
  [/^src\/(index|client)\.ts$/, /^(src\/(?!emulator\/).*|generated\/.*)$/],
  [/^src\/emulator\//, new RegExp(`^(src/(webhook/.*|emulator/.*)|generated/.*|node:.*|${BUNDLED})$`)],
];

/** The folders of the emulator. Code of one may use what comes before it; types may come from anywhere. */
const LAYERS = [
  "http|state",
  "tenant|webhooks",
  "domain|server-api",
  "client-api|control-api|pages|inspector",
  "server|storage",
];

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
    for (const file of sources.filter((name) => !/^src\/(emulator|authy\/migrate\/cli)/.test(name))) {
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
    expect(found).toEqual(["src/http/client.ts: RequestData as unknown as typeof Request"]);
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
