/** The parts of an OpenAPI 3.1 document that the generator reads. */
export interface Document {
  servers: { url: string; "x-region"?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface Operation {
  operationId: string;
  "x-repeatable"?: string;
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { $ref?: string; content?: Content }>;
}

type Content = Record<string, { schema: Schema }>;

export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

const VERBS = ["get", "put", "post", "delete", "patch"];

/** Every operation with its verb, in upper case, and its path, in the order of the document. */
export function eachOperation(document: Document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([verb]) => VERBS.includes(verb))
      .map(([verb, operation]) => ({ path, method: verb.toUpperCase(), operation })),
  );
}

/** The JSON schema of a body; undefined when there is none. */
export function bodySchema(content: Content | undefined): Schema | undefined {
  return content?.["application/json"]?.schema;
}

/** The schema itself, in the place of a reference to it. */
export function resolve(schema: Schema, document: Document): Schema {
  if (schema.$ref === undefined) return schema;
  const target = document.components.schemas[schema.$ref.replace("#/components/schemas/", "")];
  if (target === undefined) throw new Error(`${schema.$ref} is not in the spec`);
  return resolve(target, document);
}

/** The successes of an operation: the schema of each 2xx, undefined for one without a body. */
export function successes(operation: Operation): (Schema | undefined)[] {
  return Object.entries(operation.responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([, response]) => bodySchema(response.content));
}
