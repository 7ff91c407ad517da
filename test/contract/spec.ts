import { readFileSync } from "node:fs";
import { parse } from "yaml";

// Reads of each operation in openapi/ what the contract tests need.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The spec that an operation of Authsignal is in. Call Connect has a separate host and key. */
export type Api = "authsignal" | "call-connect";

/** A spec that Prism serves. */
export type Spec = Api | "authy";

export interface Operation<In extends Spec = Api> {
  readonly name: string;
  readonly api: In;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** The named bodies; undefined where the operation takes none. */
  readonly bodies: Named<Json> | undefined;
  /** The documented responses by status, which may be "default", each with its named bodies; none for a 204. */
  readonly responses: readonly { readonly status: string; readonly examples: Named<Json> }[];
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly example: Json;
}

type Named<T> = Readonly<Record<string, T>>;
type Reference = { $ref: string };
type Content = { content?: { "application/json": { examples: Named<{ value: Json }> } } };

interface OperationNode {
  operationId: string;
  parameters?: (Parameter | Reference)[];
  requestBody?: Content;
  responses: Named<Content | Reference>;
}

interface Document {
  paths: Named<Named<OperationNode>>;
  webhooks?: Named<{ post: { requestBody: Content } }>;
  components: { parameters: Named<Parameter>; responses: Named<Content> };
}

const specFile = (api: Spec): string => `openapi/${api}.yaml`;

/** Every operation of both specs of Authsignal. */
export const operations: readonly Operation[] = (["authsignal", "call-connect"] as const).flatMap(readOperations);

/** Every operation of Authy, with the names of the wire. */
export const authyOperations: readonly Operation<"authy">[] = readOperations("authy");

/** The example deliveries of every webhook of Authsignal. */
export const deliveries: Named<Json> = readDeliveries("authsignal");

/** The example deliveries of every callback of Authy, with the names of the wire. */
export const authyDeliveries: Named<Json> = readDeliveries("authy");

export function operationNamed(name: string): Operation {
  return named(name, operations);
}

export function authyOperationNamed(name: string): Operation<"authy"> {
  return named(name, authyOperations);
}

function named<In extends Spec>(name: string, all: readonly Operation<In>[]): Operation<In> {
  const found = all.find((operation) => operation.name === name);
  if (!found) throw new Error(`No description has an operation ${name}`);
  return found;
}

/** Fills the path parameters of an operation: with the examples of the spec, unless others are given. */
export function fillPath({ path, parameters }: Operation<Spec>, ids: Named<string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_slot, name: string) => {
    const example = parameters.find((parameter) => parameter.name === name)?.example;
    return encodeURIComponent(ids[name] ?? `${example}`);
  });
}

/** Returns the first documented success, which Prism sends by default. */
export function firstSuccess({ responses, name }: Operation<Spec>): { status: number; body: Json | undefined } {
  const success = responses.find(({ status }) => status.startsWith("2"));
  if (!success) throw new Error(`${name} has no documented success`);
  return { status: Number(success.status), body: Object.values(success.examples)[0] };
}

/** Lists the documented bodies of some statuses: status, name and body. */
export function responsesOf({ responses }: Operation<Spec>, statuses: readonly string[]): [string, string, Json][] {
  return responses
    .filter(({ status }) => statuses.includes(status))
    .flatMap(({ status, examples }) =>
      Object.entries(examples).map(([name, body]): [string, string, Json] => [status, name, body]),
    );
}

export const pathOf = (path: string): string | undefined => path.split("?")[0];

/** Returns the query of a path, or the examples of all query parameters of an operation. */
export function queryOf(from: string | Operation<Spec>): Record<string, string> {
  if (typeof from === "string") return Object.fromEntries(new URLSearchParams(from.split("?")[1]));
  const described = from.parameters.filter((parameter) => parameter.in === "query");
  return Object.fromEntries(described.map(({ name, example }) => [name, `${example}`]));
}

function readOperations<In extends Spec>(api: In): Operation<In>[] {
  const { paths, components } = read(api);
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, node]) => ({
      name: node.operationId,
      api,
      method: method.toUpperCase(),
      path,
      parameters: (node.parameters ?? []).map((parameter) => resolve(parameter, components.parameters)),
      bodies: node.requestBody && examplesOf(node.requestBody),
      responses: Object.entries(node.responses).map(([status, response]) => ({
        status,
        examples: examplesOf(resolve(response, components.responses)),
      })),
    })),
  );
}

function readDeliveries(api: Spec): Named<Json> {
  return Object.fromEntries(
    Object.entries(read(api).webhooks ?? {}).flatMap(([event, { post }]) =>
      Object.entries(examplesOf(post.requestBody)).map(([name, value]) => [`${event} ${name}`, value]),
    ),
  );
}

function read(api: Spec): Document {
  return parse(readFileSync(specFile(api), "utf8"));
}

function resolve<T extends object>(node: T | Reference, shared: Named<T>): T {
  if (!("$ref" in node)) return node;
  const found = shared[node.$ref.split("/").at(-1) ?? ""];
  if (!found) throw new Error(`${node.$ref} leads nowhere`);
  return found;
}

function examplesOf({ content }: Content): Named<Json> {
  const examples = content?.["application/json"].examples ?? {};
  return Object.fromEntries(Object.entries(examples).map(([name, { value }]) => [name, value]));
}
