import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import addFormats from "ajv-formats";
import { build, type Plugin } from "esbuild";
import { bare, closed, leadsToOpen, mapped } from "./json-schema.ts";
import {
  bodySchema,
  type Document,
  eachEvent,
  eachOperation,
  type Operation,
  parametersIn,
  type Schema,
  successes,
} from "./schema.ts";

/** Writes the validators of a spec: the code of a module without imports. */
export async function validatorsOf(document: Document): Promise<string> {
  const { schemas } = document.components;
  const operations = eachOperation(document).map(({ operation }) => operation);
  const plain = mapped(schemas, (schema) => bare(schema));
  const open = Object.entries(schemas).filter(([name]) => leadsToOpen(name, document));
  // Responses and events refer to closed copies, and to the component where a copy would be equal.
  const isOpen = new Set(open.map(([name]) => name));
  const toClosed = (name: string) => (isOpen.has(name) ? `${name}Closed` : name);
  const copies = Object.fromEntries(open.map(([name, schema]) => [toClosed(name), bare(closed(schema), toClosed)]));
  // Seeds can be long, and ajv takes quadratic time to collect all problems of a long list.
  const allErrors = schemas.Seed === undefined;
  const texts = collection("texts", plain, { allErrors, coerceTypes: true });
  const values = collection("values", { ...plain, ...copies }, { allErrors, coerceTypes: false });

  const parametersOf = (operation: Operation) => texts.validator(bare(parametersSchema(operation, document)));
  const bodyOf = ({ requestBody }: Operation) => {
    const schema = bodySchema(requestBody?.content);
    if (!schema) return "() => true";
    const validator = values.validator(bare(schema));
    return requestBody?.required ? validator : `orNothing(${validator})`;
  };
  const responseOf = (operation: Operation) => {
    const found = successes(operation);
    const [first = NOTHING, ...others] = found.flatMap((schema) => schema ?? []);
    const schema = others.length > 0 ? { anyOf: [first, ...others] } : first;
    const validator = values.validator(bare(closed(schema), toClosed));
    return found.includes(undefined) ? `orNothing(${validator})` : validator;
  };
  const table = (name: string, validatorOf: (operation: Operation) => string) =>
    `export const ${name} = { ${operations.map((one) => `${one.operationId}: ${validatorOf(one)}`).join(", ")} };\n`;
  const tables = table("parameters", parametersOf) + table("bodies", bodyOf) + table("responses", responseOf);
  const events = eachEvent(document).map(({ type, content }) => {
    const schema = bodySchema(content);
    if (!schema) throw new Error(`${type} has no body`);
    return `${JSON.stringify(type)}: ${values.validator(bare(closed(schema), toClosed))}`;
  });
  const eventTable = events.length > 0 ? `export const events = { ${events.join(", ")} };\n` : "";
  const failure = schemas.ErrorResponse
    ? `export const failure = ${values.validator({ $ref: "ErrorResponse" })};\n`
    : "";
  return bundled(OR_NOTHING + tables + eventTable + failure, { texts: texts.code(), values: values.code() });
}

/** Rejects every JSON value. */
const NOTHING: Schema = { not: {} };

/** JSON Schema cannot say `undefined`. */
const OR_NOTHING = `
function orNothing(validate) {
  function validateOrNothing(value) {
    const fits = value === undefined || validate(value);
    validateOrNothing.errors = fits ? null : validate.errors;
    return fits;
  }
  return validateOrNothing;
}
`;

/** Returns the schema of path and query as one object. */
function parametersSchema(operation: Operation, document: Document): Schema {
  const schemaOf = (place: string): Schema => {
    const parameters = parametersIn(place, operation, document);
    return {
      type: "object",
      properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
      required: parameters.filter(({ required }) => required).map(({ name }) => name),
      additionalProperties: false,
    };
  };
  const properties = { path: schemaOf("path"), query: schemaOf("query") };
  return { type: "object", properties, required: ["path", "query"] };
}

interface CollectionOptions {
  /** Whether all problems are reported, and not only the first. */
  allErrors: boolean;
  /** Whether strings are converted to numbers and booleans. */
  coerceTypes: boolean;
}

/** A module of validators. Equal schemas share one. */
function collection(module: string, components: Record<string, Schema>, options: CollectionOptions) {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    // A reference becomes a call, unless the schema behind it is as short as `{ "type": "string" }`.
    inlineRefs: 2,
    code: { source: true, esm: true },
    ...options,
  });
  addFormats(ajv);
  for (const [name, schema] of Object.entries(components)) ajv.addSchema(schema, name);
  const names = new Map(Object.keys(components).map((name) => [JSON.stringify({ $ref: name }), name]));
  const wanted = new Set<string>();
  return {
    /** Returns an expression for the validator of a schema. */
    validator(schema: Schema): string {
      const text = JSON.stringify(schema);
      const name = names.get(text) ?? `Unnamed${names.size}`;
      if (!names.has(text)) ajv.addSchema(schema, name);
      names.set(text, name);
      wanted.add(name);
      return `${module}.${name}`;
    },
    /** Returns the code of the requested validators. */
    code: () => standaloneCode(ajv, Object.fromEntries([...wanted].map((name) => [name, name]))),
  };
}

/** Bundles code and the modules that it uses, by name, into one module. */
async function bundled(code: string, modules: Record<string, string>): Promise<string> {
  const resolveDir = import.meta.dirname;
  const compiled: Plugin = {
    name: "compiled",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^\w+$/ }, ({ path }) => (path in modules ? { path, namespace: "compiled" } : undefined));
      onLoad({ filter: /^/, namespace: "compiled" }, ({ path }) => ({ contents: modules[path] ?? "", resolveDir }));
      // These properties hold code for ajv itself, such as `ucs2length.code = 'require("…")'`.
      onLoad({ filter: /ajv.dist.runtime/ }, async ({ path }) => {
        const helper = await readFile(path, "utf8");
        return { contents: helper.replace(/^\w+\.code = .*$/m, "") };
      });
    },
  };
  const imports = Object.keys(modules).map((name) => `import * as ${name} from "${name}";\n`);
  const { outputFiles } = await build({
    stdin: { contents: imports.join("") + code, resolveDir },
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    lineLimit: 120,
    write: false,
    plugins: [compiled],
  });
  return outputFiles.map(({ text }) => text).join("");
}
