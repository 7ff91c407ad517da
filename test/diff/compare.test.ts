import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { compare } from "../../scripts/diff/compare.ts";
import { descriptionOf } from "../../scripts/diff/read.ts";
import { report } from "../../scripts/diff/report.ts";

const USER = `
      type: object
      required: [id]
      properties:
        id: { type: string }
        email: { type: string, format: email }
        state: { type: string, enum: [ON, OFF] }
        colour: { anyOf: [{ type: string, enum: [RED, BLUE] }, { type: string, x-other-values: true }] }`;

const SPEC = `
openapi: 3.1.0
info: { title: Test, version: '1' }
paths:
  /users/{id}:
    get:
      operationId: getUser
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        '200': { description: A user., content: { application/json: { schema: { $ref: '#/components/schemas/User' } } } }
    patch:
      operationId: updateUser
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Update' } } } }
      responses:
        '204': { description: Done. }
webhooks:
  user.changed:
    post: { requestBody: { content: { application/json: { schema: { type: object, properties: { user: { type: string } } } } } } }
components:
  schemas:
    User: ${USER}
    Update: ${USER}
`;

const READ = "GET /users/{id} 200";
const WRITE = "PATCH /users/{id}";

function lines(from: string, to: string, count = Number.POSITIVE_INFINITY): string[] {
  let left = count;
  const changed = SPEC.replaceAll(from, (text) => (left-- > 0 ? to : text));
  if (changed === SPEC) throw new Error(`The description does not hold ${from}`);
  return compare(descriptionOf(SPEC), descriptionOf(changed)).map(
    ({ isBreaking, text, places }) => `${isBreaking ? "BREAKING" : "ok"} ${text}: ${places.join(", ")}`,
  );
}

describe("the comparison", () => {
  it.each<[change: string, from: string, to: string, expected: string[]]>([
    [
      "an added field",
      "email: {",
      "more: { type: string }\n        email: {",
      [`ok field more added: ${READ}, ${WRITE}`],
    ],
    [
      "a removed field",
      "        email: { type: string, format: email }\n",
      "",
      [`BREAKING field email removed: ${READ}, ${WRITE}`],
    ],
    ["a renamed field", "email: {", "mail: {", [`BREAKING field email renamed to mail: ${READ}, ${WRITE}`]],
    [
      "another type",
      "id: { type: string }",
      "id: { type: integer }",
      [`BREAKING type changed from "string" to "integer" in id: ${READ}, ${WRITE}`],
    ],
    [
      "a limit",
      "format: email",
      "format: email, maxLength: 9",
      [`BREAKING maxLength 9 added in email: ${WRITE}`, `ok maxLength 9 added in email: ${READ}`],
    ],
    [
      "an added operation",
      "    patch:",
      "    put: { operationId: putUser, responses: {} }\n    patch:",
      ["ok operation putUser added: PUT /users/{id}"],
    ],
    [
      "a removed operation",
      "    patch:",
      "  /other:\n    patch:",
      [`BREAKING operation updateUser removed: ${WRITE}`, "ok operation updateUser added: PATCH /other"],
    ],
    [
      "another operationId",
      "operationId: getUser",
      "operationId: readUser",
      ['BREAKING operationId changed from "getUser" to "readUser": GET /users/{id}'],
    ],
    [
      "an added value of a closed enum",
      "OFF]",
      "OFF, ASLEEP]",
      [`BREAKING enum value "ASLEEP" added in state: ${READ}`, `ok enum value "ASLEEP" added in state: ${WRITE}`],
    ],
    [
      "a removed value of an enum",
      "[ON, OFF]",
      "[ON]",
      [`BREAKING enum value "OFF" removed in state: ${WRITE}`, `ok enum value "OFF" removed in state: ${READ}`],
    ],
    [
      "an added value of an open enum",
      "BLUE]",
      "BLUE, GREEN]",
      [`ok enum value "GREEN" added in colour: ${READ}, ${WRITE}`],
    ],
    [
      "a required parameter",
      "required: true, schema: { type: string } }",
      "required: true, schema: { type: string } }, { name: q, in: query, required: true, schema: { type: string } }",
      ["BREAKING parameter q added (required): GET /users/{id}"],
    ],
    [
      "an optional parameter",
      "required: true, schema: { type: string } }",
      "required: true, schema: { type: string } }, { name: q, in: query, schema: { type: string } }",
      ["ok parameter q added: GET /users/{id}"],
    ],
    [
      "a field that is required no longer",
      "required: [id]",
      "required: []",
      [`BREAKING required field "id" removed: ${READ}`, `ok required field "id" removed: ${WRITE}`],
    ],
    [
      "a field that is required from now on",
      "required: [id]",
      "required: [id, email]",
      [`BREAKING required field "email" added: ${WRITE}`, `ok required field "email" added: ${READ}`],
    ],
    [
      "another failure",
      "        '204'",
      "        '409': { description: No. }\n        '204'",
      [`ok status 409 added: ${WRITE} 409`],
    ],
    [
      "another success",
      "        '204'",
      "        '202': { description: Later. }\n        '204'",
      [`BREAKING status 202 added: ${WRITE} 202`],
    ],
    [
      "a renamed field of an event",
      "user: {",
      "person: {",
      ["BREAKING field user renamed to person: webhook user.changed"],
    ],
    ["prose", "A user.", "A person.", []],
  ])("names %s", (_, from, to, expected) => {
    expect(lines(from, to)).toEqual(expected);
  });

  it("has breaking changes first, and one line for each in a report", () => {
    const after = descriptionOf(SPEC.replaceAll("[ON, OFF]", '[ON, OFF, "\\e[2J\\nBREAKING"]'));
    const text = report("authsignal", compare(descriptionOf(SPEC), after));
    expect(text.split("\n")).toEqual([
      expect.stringMatching(/^BREAKING {2}enum value .* added in state: GET/),
      expect.stringMatching(/^ok {8}enum value .* added in state: PATCH/),
      "",
      "1 breaking, 1 not, compared with openapi/authsignal.yaml",
    ]);
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  it.each(["authsignal", "authy", "call-connect", "client-api", "emulator"])("finds no change in %s itself", (name) => {
    const text = readFileSync(new URL(`../../openapi/${name}.yaml`, import.meta.url), "utf8");
    expect(compare(descriptionOf(text), descriptionOf(JSON.stringify(parse(text))))).toEqual([]);
  });
});

describe("an untrusted spec", () => {
  const head = "openapi: 3.1.0\npaths: {}\n";
  const doubled = (line: (n: number) => string) => Array.from({ length: 30 }, (_, n) => line(n + 1)).join("\n");

  it.each([
    ["another format", "swagger: '2.0'\npaths: {}", /no description in OpenAPI/],
    ["a remote reference", `${head}x: { $ref: 'http://127.0.0.1:1/x' }`, /outside of it/],
    ["a reference to a file", `${head}x: { $ref: '../package.json' }`, /outside of it/],
    ["a reference to nothing", `${head}x: { $ref: '#/y' }`, /does not have/],
    [
      "a bomb of aliases",
      `${head}a0: &a0 [1]\n${doubled((n) => `a${n}: &a${n} [*a${n - 1}, *a${n - 1}, *a${n - 1}]`)}`,
      /alias/i,
    ],
    [
      "a bomb of references",
      `${head}a0: 1\n${doubled((n) => `a${n}: [{ $ref: '#/a${n - 1}' }, { $ref: '#/a${n - 1}' }]`)}`,
      /unfold to too much/,
    ],
  ])("is refused for %s", (_, text, message) => {
    expect(() => descriptionOf(text)).toThrow(message);
  });

  it("may have circular references", () => {
    const circle = SPEC.replaceAll(
      "id: { type: string }",
      "id: { type: string }\n        friend: { $ref: '#/components/schemas/User' }",
    );
    expect(compare(descriptionOf(SPEC), descriptionOf(circle)).map(({ text }) => text)).toEqual(["field friend added"]);
  });
});
