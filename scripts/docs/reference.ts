import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  Application,
  type Context,
  Converter,
  OptionDefaults,
  PageEvent,
  type ProjectReflection,
  ReferenceType,
  type Reflection,
  ReflectionKind,
  RendererEvent,
  type SomeType,
  type TypeDocOptions,
} from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import ts from "typescript";
import type { Entry } from "./entries.ts";

/** The reference of all entries. */
export interface Reference {
  /** The text of each page by its name, such as `client.md`. */
  readonly pages: ReadonlyMap<string, string>;
  /** All public symbols, with a module for each entry. */
  readonly project: ProjectReflection;
  /** Returns the place of a symbol on the pages, such as `client.md#region`; undefined without one. */
  readonly placeOf: (reflection: Reflection) => string | undefined;
}

/** The types that openapi-typescript makes of a whole spec. They have no pages; the specs are easier to read. */
const FRAMES = ["paths", "operations", "components", "webhooks"];

/** Internal types that public types refer to. */
const PARTS = [
  ...["Schema", "CallConnectSchema", "servers", "Opaque", "MethodNames", "ResultOf"],
  ...["Unit", "LOOPBACK_HOSTS", "Send", "FoundId", "FoundPhone"],
];

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Makes the reference with typedoc. A symbol without a comment, a used type that is not exported, and a broken link are
 * warnings.
 *
 * @param scratch A temporary folder for the pages.
 * @throws Error when there was a warning.
 */
export async function referenceOf(entries: readonly Entry[], scratch: string): Promise<Reference> {
  const app = await Application.bootstrapWithPlugins(optionsOf(entries, scratch), []);
  const files = entries.map(({ source }) => root + source);
  app.options.setCompilerOptions(files, await compilerOptions(), undefined);

  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => prepare(context, entries));
  const pages = new Map<string, string>();
  app.renderer.on(PageEvent.END, ({ url, contents = "" }) => pages.set(url, polished(contents)));
  const places = new Map<Reflection, string>();
  app.renderer.on(RendererEvent.BEGIN, ({ project }) => {
    for (const one of Object.values(project.reflections)) {
      const [page, ...anchors] = app.renderer.router?.hasUrl(one) ? app.renderer.router.getFullUrl(one).split("#") : [];
      if (page !== undefined) places.set(one, [page, ...anchors.slice(-1)].join("#"));
    }
  });

  const project = await app.convert();
  if (!project) throw new Error("The reference could not be made");
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("The reference has warnings, see above");
  return { pages, project, placeOf: (reflection) => places.get(reflection) };
}

function optionsOf(entries: readonly Entry[], scratch: string): Partial<TypeDocOptions & PluginOptions> {
  return {
    name: "Reference",
    entryPoints: entries.map(({ source }) => root + source),
    outputs: [{ name: "markdown", path: scratch }],
    plugin: ["typedoc-plugin-markdown"],
    readme: "none",
    logLevel: "Warn",
    disableSources: true,
    disableGit: true,
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    blockTags: [...OptionDefaults.blockTags, "@constant"],
    notRenderedTags: [...OptionDefaults.notRenderedTags, "@constant"],
    validation: {
      invalidLink: true,
      invalidPath: true,
      notDocumented: true,
      notExported: true,
      rewrittenLink: true,
      unusedMergeModuleWith: true,
    },
    requiredToBeDocumented: ["Module", "Class", "Interface", "TypeAlias", "Variable", "Accessor"],
    intentionallyNotExported: PARTS,
    router: "module",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useHTMLAnchors: true,
    anchorPrefix: "api-",
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
    typeDeclarationFormat: "table",
    tableColumnSettings: { hideInherited: true, hideOverrides: true },
    pageTitleTemplates: { module: ({ name }) => specifierOf(name, entries) },
  };
}

function specifierOf(name: string, entries: readonly Entry[]): string {
  return entries.find((entry) => entry.name === name)?.specifier ?? name;
}

async function compilerOptions(): Promise<ts.CompilerOptions> {
  const config = ts.parseConfigFileTextToJson("tsconfig.json", await readFile(`${root}tsconfig.json`, "utf8"));
  return ts.parseJsonConfigFileContent(config.config, ts.sys, root).options;
}

/** Names each module as its entry, and removes pages that help no reader. */
function prepare(context: Context, entries: readonly Entry[]): void {
  for (const module of context.project.getChildrenByKind(ReflectionKind.Module)) {
    const [file] = context.getSymbolFromReflection(module)?.declarations ?? [];
    const entry = entries.find(({ source }) => root + source === file?.getSourceFile().fileName);
    if (!entry) throw new Error(`${module.name} is no entry`);
    module.name = entry.name;
    const frames = (module.children ?? []).filter(({ name }) => FRAMES.includes(name));
    for (const member of frames.flatMap(({ children = [] }) => children)) context.project.removeReflection(member);
  }
  for (const reflection of Object.values(context.project.reflections))
    dropParts(reflection, context.project.packageName);
}

/** Removes internal base types, whose members are listed with the public type. */
function dropParts(reflection: Reflection, home: string | undefined): void {
  if (!reflection.isDeclaration()) return;
  const isNamed = (type: SomeType) => !(type instanceof ReferenceType) || type.reflection || type.package !== home;
  const { extendedTypes, implementedTypes } = reflection;
  if (extendedTypes) reflection.extendedTypes = extendedTypes.filter(isNamed);
  if (implementedTypes) reflection.implementedTypes = implementedTypes.filter(isNamed);
}

/** Writes open enums as `string`, and adds the origin of a page. */
function polished(contents: string): string {
  const text = contents.replaceAll("`string` & `object`", "`string`").trim();
  return `<!-- Written by \`make generate\` from the doc comments of src/ and the descriptions of openapi/. -->\n\n${text}\n`;
}
