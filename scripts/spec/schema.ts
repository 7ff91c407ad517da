/** The parts of an OpenAPI 3.1 document that the generator reads. */
export interface Document {
  tags?: { name: string; description: string }[];
  servers: { url: string; "x-region"?: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, Webhook>;
  components: { schemas: Record<string, Schema>; parameters?: Record<string, Parameter> };
}

export interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  "x-repeatable"?: string;
  parameters?: (Parameter | Reference)[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { $ref?: string; content?: Content }>;
}

/** An event. Its name is its type; it has no operationId. */
interface Webhook {
  post: { summary?: string; requestBody: { content: Content } };
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

interface Reference {
  $ref: string;
}

type Content = Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>;

export interface Schema {
  $ref?: string;
  title?: string;
  /** Our name of this property, where it is not that in camelCase. */
  "x-name"?: string;
  type?: string | string[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  not?: Schema;
}

const VERBS = ["get", "put", "post", "delete", "patch"];

/** Returns every operation with its verb in upper case and its path, in the order of the document. */
export function eachOperation(document: Document) {
  return Object.entries(document.paths).flatMap(([path, item]) => {
    if ("parameters" in item) throw new Error(`The parameters of ${path} belong to its operations`);
    return Object.entries(item)
      .filter(([verb]) => VERBS.includes(verb))
      .map(([verb, operation]) => ({ path, method: verb.toUpperCase(), operation }));
  });
}

/** Returns every event with its summary and the content of its body, in the order of the document. */
export function eachEvent({ webhooks = {} }: Document) {
  return Object.entries(webhooks).map(([type, { post }]) => ({
    type,
    summary: post.summary,
    content: post.requestBody.content,
  }));
}

/** Returns the JSON schema of a body; undefined without one. */
export function bodySchema(content: Content | undefined): Schema | undefined {
  return content?.["application/json"]?.schema;
}

/** Resolves a reference to a schema. */
export function resolve(schema: Schema, document: Document): Schema {
  return schema.$ref === undefined ? schema : resolve(component(schema.$ref, document.components.schemas), document);
}

/** Resolves a reference, and a choice between a schema and null to the schema. */
export function resolveGiven(reference: Schema, document: Document): Schema {
  const schema = resolve(reference, document);
  const [only, ...others] = (schema.anyOf ?? schema.oneOf ?? []).filter(({ type }) => type !== "null");
  return only && others.length === 0 ? resolveGiven(only, document) : schema;
}

/** Returns the parameters of an operation in one place, such as `path`. */
export function parametersIn(place: string, operation: Operation, document: Document): Parameter[] {
  return (operation.parameters ?? [])
    .map((one) => ("$ref" in one ? component(one.$ref, document.components.parameters) : one))
    .filter((one) => one.in === place);
}

/** Resolves a reference to a component. */
export function component<T>(reference: string, components: Record<string, T> | undefined): T {
  const target = components?.[nameIn(reference)];
  if (target === undefined) throw new Error(`${reference} is not in the spec`);
  return target;
}

/** Returns the name of the component of a reference. */
export function nameIn(reference: string): string {
  return reference.replace(/^#\/components\/\w+\//, "");
}

/** Returns the schema of each 2xx of an operation; undefined for one without a body. */
export function successes(operation: Operation): (Schema | undefined)[] {
  return Object.entries(operation.responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([status, response]) => {
      if (response.$ref)
        throw new Error(
          `${operation.operationId} must describe its response with ${status} in place, not by a reference`,
        );
      return bodySchema(response.content);
    });
}
