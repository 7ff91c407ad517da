import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROUTES } from "./routes.ts";

// The descriptions, read as a client generator reads them: is everything there, and is it true of itself?

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };

interface Operation {
  name: string; // "getUser", or "webhook email.created"
  route: string; // "GET /users/{userId}"
  webhook: boolean;
  node: Node;
  pointer: string; // JSON pointer into the description, without "#"
}
interface Example {
  name: string; // "getUser 200 enrolled"
  schema: string; // JSON pointer of its schema
  value: Json;
}

const EVENTS = [
  "email.created",
  "sms.created",
  "push.created",
  "authenticator.created",
  "authenticator.updated",
  "authenticator.deleted",
  "action.verify",
  "action.log_created",
  "challenge.log_created",
];
const VERBS = ["get", "put", "post", "patch", "delete", "head", "options", "trace"];
const ERRORS = ["400", "401", "403", "404", "409", "429", "default"];
const FREE_FORM: Record<string, string[]> = {
  authsignal: ["ActionOutput", "ChallengeLogData", "CustomVariables", "SessionUser", "TokenPayload"],
  "call-connect": ["CallPayload"],
  "client-api": [],
};

const isNode = (value: Json | undefined): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const asNode = (value: Json | undefined): Node => (isNode(value) ? value : {});
const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const escaped = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");

function load(name: string): Node {
  const read: unknown = parse(readFileSync(new URL(`../../openapi/${name}.yaml`, import.meta.url), "utf8"));
  return read as Node;
}

function at(document: Node, pointer: string): Json | undefined {
  let found: Json | undefined = document;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = Array.isArray(found) ? found[Number(key)] : asNode(found)[key];
  }
  return found;
}

/** Follows a reference, if it is one: where it leads and what is there. */
function follow(document: Node, pointer: string): { pointer: string; node: Node } {
  const node = asNode(at(document, pointer));
  return typeof node.$ref === "string" ? follow(document, node.$ref.slice(1)) : { pointer, node };
}

function operationsOf(document: Node): Operation[] {
  const found: Operation[] = [];
  for (const section of ["paths", "webhooks"]) {
    for (const [path, item] of Object.entries(asNode(document[section]))) {
      for (const verb of VERBS.filter((verb) => verb in asNode(item))) {
        const pointer = `/${section}/${escaped(path)}/${verb}`;
        const webhook = section === "webhooks";
        const node = asNode(at(document, pointer));
        const name = webhook ? `webhook ${path}` : String(node.operationId);
        found.push({ name, route: `${verb.toUpperCase()} ${path}`, webhook, node, pointer });
      }
    }
  }
  return found;
}

/** Every named example below one holder of media types: a request body or a response. */
function examplesIn(document: Node, holder: string, name: string): Example[] {
  const { pointer, node } = follow(document, holder);
  return Object.entries(asNode(node.content)).flatMap(([type, media]) =>
    Object.entries(asNode(asNode(media).examples)).map(([key, example]) => ({
      name: `${name} ${key}`,
      schema: `${pointer}/content/${escaped(type)}/schema`,
      value: asNode(example).value ?? null,
    })),
  );
}

function examplesOf(document: Node, { name, node, pointer }: Operation): Example[] {
  const found = "requestBody" in node ? examplesIn(document, `${pointer}/requestBody`, `${name} request`) : [];
  for (const status of Object.keys(asNode(node.responses))) {
    found.push(...examplesIn(document, `${pointer}/responses/${status}`, `${name} ${status}`));
  }
  asList(node.parameters).forEach((_, index) => {
    const parameter = follow(document, `${pointer}/parameters/${index}`);
    const value = parameter.node.example;
    const label = `${name} parameter ${String(parameter.node.name)}`;
    if (value !== undefined) found.push({ name: label, schema: `${parameter.pointer}/schema`, value });
  });
  return found;
}

/** Visits a schema and what is inside it, also by reference, once each. */
function visit(document: Node, start: string, see: (schema: Node, pointer: string) => void, seen = new Set<string>()) {
  const { pointer, node } = follow(document, start);
  if (seen.has(pointer)) return;
  seen.add(pointer);
  see(node, pointer);
  for (const key of Object.keys(asNode(node.properties)))
    visit(document, `${pointer}/properties/${escaped(key)}`, see, seen);
  for (const key of ["items", "additionalProperties"]) {
    if (isNode(node[key])) visit(document, `${pointer}/${key}`, see, seen);
  }
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    asList(node[key]).forEach((_, index) => void visit(document, `${pointer}/${key}/${index}`, see, seen));
  }
}

/** A copy in which no object may have a property that is not declared, so that a misspelt one in an example shows. */
function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map(closed);
  if (!isNode(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
  const openObject = copy.type === "object" && !("additionalProperties" in copy);
  return openObject ? { ...copy, additionalProperties: false } : copy;
}

/** What is wrong with the examples of a description, as one line each. */
function exampleProblems(document: Node): string[] {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  // The default export of this CommonJS package is the function itself or a namespace around it, as the loader likes.
  const addFormats = "default" in addFormatsModule ? addFormatsModule.default : addFormatsModule;
  addFormats(ajv);
  // The whole description is one schema to ajv, so that references inside it resolve.
  const sections = ["components", "paths", "webhooks"];
  ajv.addVocabulary(["x-other-values", ...sections]);
  ajv.addSchema(Object.fromEntries(sections.map((key) => [key, closed(document[key] ?? {})])), "description");
  return operationsOf(document).flatMap((operation) =>
    examplesOf(document, operation).flatMap(({ name, schema, value }) => {
      const validate = ajv.getSchema(`description#${encodeURI(schema)}`);
      if (validate === undefined) return [`${name}: no schema at ${schema}`];
      return validate(value) ? [] : [`${name}: ${ajv.errorsText(validate.errors)}`];
    }),
  );
}

const documents = {
  authsignal: load("authsignal"),
  "call-connect": load("call-connect"),
  "client-api": load("client-api"),
};
const named = (operations: Operation[]) => operations.map((operation) => [operation.name, operation] as const);

describe.each(Object.entries(documents))("openapi/%s.yaml", (file, document) => {
  const operations = operationsOf(document);
  const calls = operations.filter((operation) => !operation.webhook);

  it("has every operation on its route, and no other", () => {
    const routes = Object.fromEntries(calls.map(({ name, route }) => [name, route]));
    expect(routes).toEqual(ROUTES[file]);
    expect(calls).toHaveLength(Object.keys(ROUTES[file] ?? {}).length);
  });

  it("has examples that are true of their schemas, with no unknown property", () => {
    expect(exampleProblems(document)).toEqual([]);
  });

  describe.each(named(calls))("%s", (name, { node, route, pointer }) => {
    it("says in words what it does", () => {
      for (const text of [node.summary, node.description]) expect(text).toMatch(/^\S.{10,}/s);
      expect(asList(node.tags)).toHaveLength(1);
    });

    it("says whether it may be repeated", () => {
      const post = file === "authsignal" && name === "track" ? "with-key" : "never";
      expect(node["x-repeatable"]).toBe(route.startsWith("POST") ? post : "always");
    });

    it("answers with a success and with every error, each with an example", () => {
      const statuses = Object.keys(asNode(node.responses));
      const successes = statuses.filter((status) => status.startsWith("2"));
      expect(statuses.filter((status) => !status.startsWith("2")).sort()).toEqual([...ERRORS].sort());
      expect(successes.length).toBeGreaterThan(0);
      for (const status of statuses.filter((status) => status !== "204")) {
        const examples = examplesIn(document, `${pointer}/responses/${status}`, status);
        expect(examples.length, `examples of ${status}`).toBeGreaterThan(0);
        for (const example of examples) expect(example.name).toMatch(/ [a-z][A-Za-z]+$/);
      }
    });

    it("shows an example of its request", () => {
      if ("requestBody" in node) expect(examplesIn(document, `${pointer}/requestBody`, name)).not.toEqual([]);
      asList(node.parameters).forEach((_, index) => {
        const parameter = follow(document, `${pointer}/parameters/${index}`).node;
        expect(parameter, String(parameter.name)).toMatchObject({ description: expect.any(String) });
        expect(parameter.example, `example of ${String(parameter.name)}`).toBeDefined();
      });
    });

    it("takes a strict request and gives a lenient answer", () => {
      const loose: string[] = [];
      const strict: string[] = [];
      const users = [...(FREE_FORM[file] ?? []), "CustomData"].map((schema) => `/components/schemas/${schema}`);
      const see = (list: string[], wanted: Json | undefined) => (schema: Node, where: string) => {
        if (schema.type !== "object" || users.includes(where)) return;
        if (schema.additionalProperties !== wanted) list.push(where);
      };
      if ("requestBody" in node)
        visit(document, `${pointer}/requestBody/content/application~1json/schema`, see(loose, false));
      for (const status of Object.keys(asNode(node.responses))) {
        const answer = follow(document, `${pointer}/responses/${status}`).pointer;
        visit(document, `${answer}/content/application~1json/schema`, see(strict, undefined));
      }
      expect({ loose, strict }).toEqual({ loose: [], strict: [] });
    });

    it("answers with open enums only", () => {
      const closedEnums: string[] = [];
      for (const status of Object.keys(asNode(node.responses))) {
        const answer = follow(document, `${pointer}/responses/${status}`).pointer;
        visit(document, `${answer}/content/application~1json/schema`, (schema, where) => {
          const known = where.startsWith("/components/schemas/Known");
          const bare = !("anyOf" in schema) && JSON.stringify(schema).includes("/Known");
          if (bare || ("enum" in schema && !known)) closedEnums.push(where);
        });
      }
      expect(closedEnums).toEqual([]);
    });
  });

  it("describes every schema, and every property of every schema", () => {
    const silent: string[] = [];
    for (const name of Object.keys(asNode(asNode(document.components).schemas))) {
      if (typeof at(document, `/components/schemas/${name}/description`) !== "string") silent.push(name);
      visit(document, `/components/schemas/${name}`, (schema, where) => {
        for (const [key, property] of Object.entries(asNode(schema.properties))) {
          if (typeof asNode(property).description !== "string") silent.push(`${where} ${key}`);
        }
      });
    }
    expect(silent).toEqual([]);
  });

  it("leaves keys to the user in the free-form objects, and nowhere else", () => {
    const schemas = Object.entries(asNode(asNode(document.components).schemas));
    const free = schemas.filter(([, schema]) => asNode(schema).additionalProperties === true).map(([name]) => name);
    expect(free.sort()).toEqual(FREE_FORM[file]);
    expect(JSON.stringify(document).split('"additionalProperties":true')).toHaveLength(free.length + 1);
  });
});

describe("the webhooks of openapi/authsignal.yaml", () => {
  const webhooks = operationsOf(documents.authsignal).filter((operation) => operation.webhook);

  it("are the nine events, without ids of operations", () => {
    expect(webhooks.map(({ name }) => name)).toEqual(EVENTS.map((event) => `webhook ${event}`));
    for (const { node } of webhooks) expect(node).not.toHaveProperty("operationId");
  });

  it.each(named(webhooks))("%s is signed, acknowledged and shown by an example of its own type", (name, operation) => {
    const { node, pointer } = operation;
    const type = name.slice("webhook ".length);
    const signature = follow(documents.authsignal, `${pointer}/parameters/0`).node;
    expect(signature).toMatchObject({ name: "X-Signature-V2", in: "header", required: true });
    expect(node).toMatchObject({ description: expect.any(String), responses: { "200": {} } });
    const examples = examplesIn(documents.authsignal, `${pointer}/requestBody`, name);
    expect(examples.length).toBeGreaterThan(0);
    for (const { value } of examples) {
      const body = asNode(value);
      const events = "records" in body ? asList(body.records) : [body];
      expect(events.map((event) => asNode(event).type)).toEqual(events.map(() => type));
    }
  });

  it("are told apart by a constant type", () => {
    const schemas = Object.values(asNode(asNode(documents.authsignal.components).schemas));
    const types = schemas.map((schema) => asNode(asNode(asNode(schema).properties).type).const);
    expect(types.filter((type) => type !== undefined)).toEqual(EVENTS);
  });
});

describe("the check of examples", () => {
  const getUser = "/paths/~1users~1{userId}/get/responses/200/content/application~1json/examples/enrolled/value";
  it.each<[string, string, string, Json]>([
    ["a wrong type", getUser, "isEnrolled", "yes"],
    ["a misspelt property", getUser, "isEnroled", true],
    ["a wrong type deep inside", `${getUser}/enrolledVerificationMethods`, "0", 7],
    [
      "a time that is none",
      "/webhooks/sms.created/post/requestBody/content/application~1json/examples/code/value",
      "time",
      "now",
    ],
    [
      "a value outside a closed enum",
      "/paths/~1challenge/post/requestBody/content/application~1json/examples/sms/value",
      "verificationMethod",
      "PASSKEY",
    ],
    [
      "a wrong error of a shared response",
      "/components/responses/NotFound/content/application~1json/examples/notFound/value",
      "errorCode",
      404,
    ],
    ["a parameter against its pattern", "/components/parameters/Action", "example", "sign in"],
  ])("finds %s", (_, pointer, key, value) => {
    const broken = structuredClone(documents.authsignal);
    const target = at(broken, pointer);
    if (Array.isArray(target)) target[Number(key)] = value;
    else asNode(target)[key] = value;
    expect(target).toBeDefined();
    expect(exampleProblems(broken)).not.toEqual([]);
  });
});
