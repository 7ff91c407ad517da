import { describe, expect, it } from "vitest";
import {
  asList,
  asNode,
  at,
  exampleProblems,
  examplesIn,
  follow,
  type Json,
  load,
  type Node,
  named,
  operationsOf,
  visit,
} from "./document.ts";
import { failuresOf, ROUTES, repeatable } from "./routes.ts";

// Reads the specs as a client generator does, and checks that they are complete and consistent.

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
/** The schemas whose keys are chosen by users: those with values of any type, and those with values of one type. */
const FREE_FORM: Record<string, { any: string[]; one: string[] }> = {
  authsignal: {
    any: ["ActionOutput", "ChallengeLogData", "CustomVariables", "SessionUser", "TokenPayload"],
    one: ["CustomData"],
  },
  authy: { any: ["ActivityData"], one: ["Details", "FieldErrors"] },
  "call-connect": { any: ["CallPayload"], one: [] },
  "client-api": { any: [], one: [] },
};

const documents = {
  authsignal: load("authsignal"),
  authy: load("authy"),
  "call-connect": load("call-connect"),
  "client-api": load("client-api"),
};

describe.each(Object.entries(documents))("openapi/%s.yaml", (file, document) => {
  const operations = operationsOf(document);
  const calls = operations.filter((operation) => !operation.webhook);

  it("has every operation on its route, and no other", () => {
    const routes = Object.fromEntries(calls.map(({ name, route }) => [name, route]));
    expect(routes).toEqual(ROUTES[file]);
    expect(calls).toHaveLength(Object.keys(ROUTES[file] ?? {}).length);
  });

  it("has examples that fit their schemas, without unknown properties", () => {
    expect(exampleProblems(document)).toEqual([]);
  });

  describe.each(named(calls))("%s", (name, { node, route, pointer }) => {
    it("has a summary and a description", () => {
      for (const text of [node.summary, node.description]) expect(text).toMatch(/^\S.{10,}/s);
      expect(asList(node.tags)).toHaveLength(1);
    });

    it("says whether it is repeatable", () => {
      expect(node["x-repeatable"]).toBe(repeatable(file, name, route));
    });

    it("has a success and every error, each with an example", () => {
      const statuses = Object.keys(asNode(node.responses));
      const successes = statuses.filter((status) => status.startsWith("2"));
      expect(statuses.filter((status) => !status.startsWith("2")).sort()).toEqual(failuresOf(file, name));
      expect(successes.length).toBeGreaterThan(0);
      for (const status of statuses.filter((status) => status !== "204")) {
        const examples = examplesIn(document, `${pointer}/responses/${status}`, status);
        expect(examples.length, `examples of ${status}`).toBeGreaterThan(0);
        for (const example of examples) expect(example.name).toMatch(/ [a-z][A-Za-z]+$/);
      }
    });

    it("has an example of its request", () => {
      if ("requestBody" in node) expect(examplesIn(document, `${pointer}/requestBody`, name)).not.toEqual([]);
      asList(node.parameters).forEach((_, index) => {
        const parameter = follow(document, `${pointer}/parameters/${index}`).node;
        expect(parameter, String(parameter.name)).toMatchObject({ description: expect.any(String) });
        expect(parameter.example, `example of ${String(parameter.name)}`).toBeDefined();
      });
    });

    it("has a strict request and a lenient response", () => {
      const loose: string[] = [];
      const strict: string[] = [];
      const { any, one } = FREE_FORM[file] ?? { any: [], one: [] };
      const users = [...any, ...one].map((schema) => `/components/schemas/${schema}`);
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

    it("has open enums only in its responses", () => {
      const closedEnums: string[] = [];
      for (const status of Object.keys(asNode(node.responses))) {
        const answer = follow(document, `${pointer}/responses/${status}`).pointer;
        visit(document, `${answer}/content/application~1json/schema`, (schema, where) => {
          // A flag never gets another value.
          const known = /^\/components\/schemas\/(Known|SuccessFlag\/)/.test(where);
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

  it("has keys that users choose in free-form objects only", () => {
    const schemas = Object.entries(asNode(asNode(document.components).schemas));
    const keysOf = (schema: Json) => asNode(schema).additionalProperties ?? false;
    const any = schemas.filter(([, schema]) => keysOf(schema) === true).map(([name]) => name);
    const one = schemas.filter(([, schema]) => typeof keysOf(schema) === "object").map(([name]) => name);
    expect({ any: any.sort(), one: one.sort() }).toEqual(FREE_FORM[file]);
    const free = JSON.stringify(document).split(/"additionalProperties":(?:true|\{)/);
    expect(free).toHaveLength(any.length + one.length + 1);
  });
});

describe("the webhooks of openapi/authsignal.yaml", () => {
  const webhooks = operationsOf(documents.authsignal).filter((operation) => operation.webhook);

  it("are the nine events, without operationIds", () => {
    expect(webhooks.map(({ name }) => name)).toEqual(EVENTS.map((event) => `webhook ${event}`));
    for (const { node } of webhooks) expect(node).not.toHaveProperty("operationId");
  });

  it.each(named(webhooks))("%s is signed, acknowledged and has an example of its type", (name, operation) => {
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

  it("are distinguished by a constant type", () => {
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
