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

/** An event. It has no operationId: its name is its type. */
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
  /** Our name of this property, where it is not the usual one. */
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

/** Every operation with its verb, in upper case, and its path, in the order of the document. */
export function eachOperation(document: Document) {
  return Object.entries(document.paths).flatMap(([path, item]) => {
    if ("parameters" in item) throw new Error(`The parameters of ${path} belong to its operations`);
    return Object.entries(item)
      .filter(([verb]) => VERBS.includes(verb))
      .map(([verb, operation]) => ({ path, method: verb.toUpperCase(), operation }));
  });
}

/** Every event with its summary and the content of its body, in the order of the document. */
export function eachEvent({ webhooks = {} }: Document) {
  return Object.entries(webhooks).map(([type, { post }]) => ({
    type,
    summary: post.summary,
    content: post.requestBody.content,
  }));
}

/** The JSON schema of a body; undefined when there is none. */
export function bodySchema(content: Content | undefined): Schema | undefined {
  return content?.["application/json"]?.schema;
}

/** The schema itself, in the place of a reference to it. */
export function resolve(schema: Schema, document: Document): Schema {
  return schema.$ref === undefined ? schema : resolve(component(schema.$ref, document.components.schemas), document);
}

/** What a value that is not null must be: the schema itself, in the place of a reference to it or of a choice between it and null. */
export function resolveGiven(reference: Schema, document: Document): Schema {
  const schema = resolve(reference, document);
  const [only, ...others] = (schema.anyOf ?? schema.oneOf ?? []).filter(({ type }) => type !== "null");
  return only && others.length === 0 ? resolveGiven(only, document) : schema;
}

/** The parameters of an operation that travel in one place, such as `path`. */
export function parametersIn(place: string, operation: Operation, document: Document): Parameter[] {
  return (operation.parameters ?? [])
    .map((one) => ("$ref" in one ? component(one.$ref, document.components.parameters) : one))
    .filter((one) => one.in === place);
}

/** What a reference leads to, among the components of its kind. */
export function component<T>(reference: string, components: Record<string, T> | undefined): T {
  const target = components?.[nameIn(reference)];
  if (target === undefined) throw new Error(`${reference} is not in the spec`);
  return target;
}

/** The name of the component that a reference leads to. */
export function nameIn(reference: string): string {
  return reference.replace(/^#\/components\/\w+\//, "");
}

/** The successes of an operation: the schema of each 2xx, undefined for one without a body. */
export function successes(operation: Operation): (Schema | undefined)[] {
  return Object.entries(operation.responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([status, response]) => {
      if (response.$ref) throw new Error(`${operation.operationId} must say itself what it answers with ${status}`);
      return bodySchema(response.content);
    });
}
