/**
 * Writes `.api/report.md`: every public name with its members and their types, one to a line, so that a diff shows changes of the
 * public API. `--check` writes nothing and fails on any difference.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../", import.meta.url));
const FILE = `${root}.api/report.md`;

/** An entry of the package, and its source file. */
const ENTRIES = {
  "authsignal-ts": "src/index.ts",
  "authsignal-ts/client": "src/client.ts",
  "authsignal-ts/authy": "src/authy/index.ts",
  "authsignal-ts/migrate": "src/authy/migrate/index.ts",
  "authsignal-ts/emulator": "src/emulator/index.ts",
  "authsignal-ts/step-up": "src/step-up/index.ts",
} as const;

const FORMAT = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.WriteArrowStyleSignature;

/** The types of a whole spec. They are in `generated/`, whose diff shows their changes. */
const FRAMES = ["paths", "operations", "components", "webhooks"];

function reportOf(entries: Readonly<Record<string, string>>): string {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(
    Object.values(entries).map((file) => root + file),
    options,
  );
  const checker = program.getTypeChecker();
  const home = new Map<ts.Symbol, string>();

  function exportsOf(file: string): ts.Symbol[] {
    const source = program.getSourceFile(root + file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} exports nothing`);
    return checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  function linesOf(entry: string, exported: ts.Symbol): string[] {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const { name } = exported;
    const known = home.get(symbol);
    if (known !== undefined) return [`${name}: as in ${known}`];
    home.set(symbol, entry);
    const [declaration] = symbol.declarations ?? [];
    const source = declaration?.getSourceFile().fileName.replace(root, "");
    if (FRAMES.includes(name) && source?.startsWith("generated/")) return [`${name}: as in ${source}`];
    const lines: string[] = [];
    if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) {
      const kind =
        symbol.flags & ts.SymbolFlags.Class ? "class" : symbol.flags & ts.SymbolFlags.Interface ? "interface" : "type";
      lines.push(...typeLines(`${kind} ${name}`, checker.getDeclaredTypeOfSymbol(symbol)));
    }
    if (symbol.flags & ts.SymbolFlags.Class) lines.push(...staticLines(name, checker.getTypeOfSymbol(symbol)));
    else if (symbol.flags & ts.SymbolFlags.Value) lines.push(`const ${name}: ${text(checker.getTypeOfSymbol(symbol))}`);
    return lines;
  }

  function typeLines(name: string, type: ts.Type): string[] {
    const members = type.flags & ts.TypeFlags.Object ? checker.getPropertiesOfType(type).filter(isPublic) : [];
    if (members.length === 0 || checker.isArrayType(type))
      return [`${name} = ${text(type, ts.TypeFormatFlags.InTypeAlias)}`];
    const bases = type.isClassOrInterface()
      ? checker
          .getBaseTypes(type)
          .map((base) => text(base))
          .filter((base) => !base.startsWith("{"))
      : [];
    const calls = type.getCallSignatures().map((one) => `  ${checker.signatureToString(one, undefined, FORMAT)}`);
    return [
      bases.length > 0 ? `${name} extends ${bases.join(", ")}` : name,
      ...calls,
      ...members.map(memberLine).sort(),
    ];
  }

  function staticLines(name: string, type: ts.Type): string[] {
    const made = type.getConstructSignatures().map((one) => checker.signatureToString(one, undefined, FORMAT));
    const members = checker.getPropertiesOfType(type).filter((one) => one.name !== "prototype" && isPublic(one));
    return [...made.map((one) => `  new ${name}${one}`), ...members.map((one) => `  static ${memberLine(one).trim()}`)];
  }

  function memberLine(member: ts.Symbol): string {
    const declaration = member.declarations?.[0];
    const isReadonly = declaration && ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly;
    const optional = member.flags & ts.SymbolFlags.Optional ? "?" : "";
    return `  ${isReadonly ? "readonly " : ""}${member.name.replace(/^__@(\w+)@\d+$/, "[Symbol.$1]")}${optional}: ${text(checker.getTypeOfSymbol(member))}`;
  }

  function text(type: ts.Type, more: ts.TypeFormatFlags = ts.TypeFormatFlags.None): string {
    return checker
      .typeToString(type, undefined, FORMAT | more)
      .replaceAll(/\s+/g, " ")
      .replaceAll(root, "");
  }

  return Object.entries(entries)
    .map(([entry, file]) => {
      const lines = exportsOf(file).flatMap((symbol) => linesOf(entry, symbol));
      return `## ${entry}\n\n\`\`\`text\n${lines.join("\n")}\n\`\`\`\n`;
    })
    .join("\n");
}

/** Whether a member is public: not private, not a `#name`, and not inherited from the platform. */
function isPublic({ name, declarations = [] }: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (
    !name.startsWith("__#") &&
    declarations.every((one) => (ts.getCombinedModifierFlags(one) & hidden) === 0) &&
    declarations.some((one) => !one.getSourceFile().fileName.includes("/node_modules/"))
  );
}

const manifest = JSON.parse(await readFile(`${root}package.json`, "utf8"));
const offered = Object.keys(manifest.exports).filter((path) => manifest.exports[path].import);
const listed = Object.keys(ENTRIES).map((name) => name.replace("authsignal-ts", "."));
if (offered.join() !== listed.join())
  throw new Error(`package.json offers ${offered.join()}, which is not what is listed here`);

const report = `# What this package publishes

Written by scripts/api-report.ts with \`make api-report\`. A line that goes or changes may break programs: \`npx changeset\` says so to their authors.

${reportOf(ENTRIES)}`;

if (!process.argv.includes("--check")) await writeFile(FILE, report);
else if ((await readFile(FILE, "utf8").catch(() => "")) !== report) {
  console.error(
    "What this package publishes is not what .api/report.md says. Run `make api-report`, read the difference, and say in a changeset (`npx changeset`) what it means for users.",
  );
  process.exitCode = 1;
}
