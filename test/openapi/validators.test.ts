import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, expectTypeOf, it } from "vitest";
import { parse } from "yaml";
import type { components } from "../../generated/authsignal.ts";
import { samples } from "../../generated/authsignal-events.ts";
import type { Body, Parameters, ResponseBody, Validator } from "../../generated/authsignal-validators.js";
import * as authsignal from "../../generated/authsignal-validators.js";
import * as callConnect from "../../generated/call-connect-validators.js";
import * as clientApi from "../../generated/client-api-validators.js";
import type { ResponseBody as EmulatorResponseBody } from "../../generated/emulator-validators.js";
import * as emulator from "../../generated/emulator-validators.js";

// The compiled validators accept the examples of the specs, and reject unknown fields.

type Validators = Record<string, Validator<unknown>>;
interface Module {
  parameters: Validators;
  bodies: Validators;
  responses: Validators;
  failure: Validator<unknown>;
}
interface Holder {
  $ref?: string;
  content?: { "application/json": { examples: Record<string, { value: unknown }> } };
}
interface Operation {
  operationId: string;
  requestBody?: Holder & { required?: boolean };
  responses: Record<string, Holder>;
}
interface Spec {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Holder> };
}

const MODULES: Record<string, Module> = { authsignal, "call-connect": callConnect, "client-api": clientApi, emulator };
/** Responses without described fields. */
const OPEN_ANSWERS = ["revokeSession", "revokeUserSessions"];

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

function specOf(name: string): { operations: Operation[]; examples: (holder: Holder | undefined) => unknown[] } {
  const spec: Spec = parse(read(`openapi/${name}.yaml`));
  const examples = (holder: Holder | undefined): unknown[] => {
    if (holder?.$ref) return examples(spec.components.responses[holder.$ref.split("/").at(-1) ?? ""]);
    return Object.values(holder?.content?.["application/json"].examples ?? {}).map(({ value }) => value);
  };
  return { operations: Object.values(spec.paths).flatMap((item) => Object.values(item)), examples };
}

/** Returns the problems that a validator finds, such as "/path/userId type". */
function problems(validate: Validator<unknown> | undefined, value: unknown): string[] {
  if (validate === undefined) return ["there is no validator"];
  if (validate(value)) return [];
  return (
    validate.errors?.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`) ?? ["no word of what is wrong"]
  );
}

/** Adds an unknown field to a value or to the objects of a list; undefined if there is no place for one. */
function withCanary(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map(withCanary) : undefined;
  return typeof value === "object" && value !== null ? { ...value, canary: true } : undefined;
}

it("has validators for every spec but that of Authy, which nothing here serves", () => {
  const others = ["authy.yaml", "redocly.yaml"];
  const specs = readdirSync(new URL("../../openapi", import.meta.url)).filter((file) => !others.includes(file));
  expect(Object.keys(MODULES)).toEqual(specs.map((file) => file.replace(".yaml", "")));
});

describe.each(Object.entries(MODULES))("generated/%s-validators.js", (name, module) => {
  const { operations, examples } = specOf(name);

  it("imports nothing", () => {
    const code = read(`generated/${name}-validators.js`);
    expect(code).not.toMatch(/\b(import|require)\s*[("'`{*]|\bfrom\s*["']|node_modules/);
    expect(code.length).toBeLessThan(300_000);
  });

  it("has validators for every operation, and no others", () => {
    const names = operations.map(({ operationId }) => operationId);
    for (const part of [module.parameters, module.bodies, module.responses]) expect(Object.keys(part)).toEqual(names);
  });

  describe.each(operations.map((one) => [one.operationId, one] as const))("%s", (id, { requestBody, responses }) => {
    const successes = Object.keys(responses).filter((status) => status.startsWith("2"));
    const failures = Object.keys(responses).filter((status) => !status.startsWith("2"));
    const shown = (statuses: string[]) => statuses.flatMap((status) => examples(responses[status]));

    it("accepts the examples of the spec", () => {
      for (const value of examples(requestBody)) expect(problems(module.bodies[id], value)).toEqual([]);
      for (const value of shown(successes)) expect(problems(module.responses[id], value)).toEqual([]);
      expect(shown(failures).length).toBeGreaterThan(0);
      for (const value of shown(failures)) expect(problems(module.failure, value)).toEqual([]);
    });

    it("rejects unknown fields and parameters", () => {
      const refused = [expect.stringMatching(/^(\/\d+)? additionalProperties$/)];
      for (const value of examples(requestBody)) {
        expect(problems(module.bodies[id], withCanary(value))).toEqual(expect.arrayContaining(refused));
      }
      for (const value of shown(successes).map(withCanary)) {
        const found = problems(module.responses[id], value);
        if (value !== undefined)
          expect(found).toEqual(OPEN_ANSWERS.includes(id) ? [] : expect.arrayContaining(refused));
      }
      for (const value of shown(failures)) expect(problems(module.failure, withCanary(value))).toEqual([]);
      // The parameters that operations of the emulator need; its validators report the first problem only.
      const path = id === "redeliver" ? { deliveryId: "delivery_1" } : {};
      const unknown = problems(module.parameters[id], { path, query: { userId: "usr_123", canary: "1" } });
      expect(unknown).toContain("/query additionalProperties");
    });

    it("accepts a missing body only where the spec does", () => {
      const mayBeMissing = !requestBody?.required;
      expect(module.bodies[id]?.(undefined)).toBe(mayBeMissing);
      expect(module.responses[id]?.(undefined)).toBe(successes.includes("204"));
      if (shown(successes).length === 0) expect(problems(module.responses[id], {})).toEqual([" not"]);
    });
  });
});

describe("the validators", () => {
  const user = { userId: "usr_123" };
  const device = { ...user, deviceId: "d1" };

  it.each([
    ["queryUsers", { path: {}, query: { limit: "5" } }, { limit: 5 }],
    ["deleteUser", { path: user, query: { actions: "true" } }, { actions: true }],
    ["deleteUser", { path: user, query: { actions: "false" } }, { actions: false }],
    ["queryUserActions", { path: user, query: { codes: "17" } }, { codes: "17" }],
  ] as const)("make of the texts of %s what the spec wants", (id, value, query) => {
    expect(problems(authsignal.parameters[id], value)).toEqual([]);
    expect(value.query).toEqual(query);
  });

  it.each([
    [
      "a number in words",
      authsignal.parameters.queryUsers,
      { path: {}, query: { limit: "many" } },
      "/query/limit type",
    ],
    ["an empty number", authsignal.parameters.queryUsers, { path: {}, query: { limit: "" } }, "/query/limit type"],
    ["a maybe", authsignal.parameters.deleteUser, { path: user, query: { actions: "maybe" } }, "/query/actions type"],
    [
      "an unknown state",
      authsignal.parameters.queryUserActions,
      { path: user, query: { state: "X" } },
      "/query/state enum",
    ],
    ["a parameter that is missing", authsignal.parameters.getUser, { path: {}, query: {} }, "/path required"],
    [
      "a parameter against its pattern",
      authsignal.parameters.track,
      { path: { ...user, action: "a b" }, query: {} },
      "/path/action pattern",
    ],
    [
      "a number above the maximum",
      emulator.parameters.waitForMessage,
      { path: {}, query: { timeout: "60001" } },
      "/query/timeout maximum",
    ],
    ["a field that is missing", authsignal.bodies.updateDevice, {}, " required"],
    [
      "a value that is not in the list",
      authsignal.bodies.challenge,
      { verificationMethod: "PASSKEY" },
      "/verificationMethod enum",
    ],
    [
      "a text in the place of a boolean",
      authsignal.bodies.updateUser,
      { emailVerified: "true" },
      "/emailVerified type",
    ],
    [
      "a time that is none",
      authsignal.bodies.updateDevice,
      { rememberedUntil: "next month" },
      "/rememberedUntil format",
    ],
    [
      "a field of a wrong type that is called like an annotation",
      emulator.bodies.setRules,
      [{ outcome: "ALLOW", description: 7 }],
      "/0/description type",
    ],
    ["a list in the user's own data", authsignal.bodies.updateUser, { custom: { a: [] } }, "/custom/a type"],
    [
      "an unknown field deep in an answer",
      authsignal.responses.queryUsers,
      { users: [{ userId: "a", canary: 1 }] },
      "/users/0 additionalProperties",
    ],
    [
      "a text in the place of a boolean of an answer",
      authsignal.responses.deleteUser,
      { success: "true" },
      "/success type",
    ],
  ] as const)("refuse %s", (_, validate, value, problem) => {
    expect(problems(validate, value)).toEqual([problem]);
  });

  it("accept a null where the spec does", () => {
    expect(problems(authsignal.parameters.updateDevice, { path: device, query: {} })).toEqual([]);
    expect(problems(authsignal.bodies.updateDevice, { rememberedUntil: null })).toEqual([]);
  });

  it("find every problem of a value, and no problem of the last one", () => {
    const { updateUser, track } = authsignal.bodies;
    expect(problems(updateUser, { email: 1, locale: 2 })).toEqual(["/email type", "/locale type"]);
    expect(updateUser({}) && updateUser.errors).toBeNull();
    expect(problems(track, { email: 1 })).toEqual(["/email type"]);
    expect(track(undefined) && track.errors).toBeNull();
  });

  it("have the types of the spec", () => {
    type Schemas = components["schemas"];
    expectTypeOf<Parameters<"deleteUser">>().toEqualTypeOf<{
      path: { userId: string };
      query: { actions?: boolean };
    }>();
    expectTypeOf<Parameters<"challenge">>().toEqualTypeOf<{
      path: Record<string, never>;
      query: Record<string, never>;
    }>();
    expectTypeOf<Body<"challenge">>().toEqualTypeOf<Schemas["ChallengeRequest"]>();
    expectTypeOf<Body<"track">>().toEqualTypeOf<Schemas["TrackAttributes"] | undefined>();
    expectTypeOf<Body<"getUser">>().toBeUnknown();
    expectTypeOf<ResponseBody<"getDevices">>().toEqualTypeOf<Schemas["UserDevice"][]>();
    expectTypeOf<EmulatorResponseBody<"resetState">>().toBeUndefined();
  });
});

describe("the validators of events", () => {
  const { webhooks } = parse(read("openapi/authsignal.yaml"));
  const all = Object.entries<{ post: { requestBody: Holder } }>(webhooks);
  const validators: Validators = authsignal.events;

  it("exist for every event, and for nothing else", () => {
    expect(Object.keys(validators)).toEqual(all.map(([type]) => type));
  });

  it.each(all)("accept the examples of %s, and no unknown fields", (type, { post }) => {
    const examples = Object.values(post.requestBody.content?.["application/json"].examples ?? {});
    expect(Object(samples)[type]).toEqual(examples[0]?.value);
    for (const { value } of examples) {
      expect(problems(validators[type], value)).toEqual([]);
      expect(problems(validators[type], withCanary(value))).toContain(" additionalProperties");
      const { data, records } = Object(value);
      const deeper = records ? { records: withCanary(records) } : { ...Object(value), data: withCanary(data) };
      expect(problems(validators[type], deeper)).not.toEqual([]);
      for (const [other, validator] of Object.entries(validators)) {
        if (other !== type && !records) expect(problems(validator, value), other).not.toEqual([]);
      }
    }
  });
});

describe("generated/emulator-seed.schema.json", () => {
  const schema = JSON.parse(read("generated/emulator-seed.schema.json"));
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  addFormats(ajv);
  const validate = ajv.compile(schema);

  it("refers to no other document, and equals the schema of the spec", () => {
    const { operations, examples } = specOf("emulator");
    const seeds = examples(operations.find(({ operationId }) => operationId === "importState")?.requestBody);
    expect(seeds).not.toEqual([]);
    for (const seed of seeds) expect(validate({ $schema: "seed.schema.json", ...Object(seed) })).toBe(true);
    expect(validate({ users: [{ userId: "usr_123", canary: true }] })).toBe(false);
    expect(validate({ rules: [{ outcome: "PERHAPS" }] })).toBe(false);
  });

  it("keeps the descriptions, and no unused schema", () => {
    expect(schema).toMatchObject({ title: "Seed", description: expect.any(String) });
    expect(schema.$defs.EmulatorRule.properties.description).toMatchObject({ type: "string" });
    expect(Object.keys(schema.$defs)).not.toContain("ErrorResponse");
    expect(JSON.stringify(schema)).not.toMatch(/"x-|#\/components/);
  });
});
