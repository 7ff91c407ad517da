import { describe, expect, it } from "vitest";
import { anys, casts, falsePredicates, suppressions, untypedReads } from "./support/architecture/casts.ts";
import { circularImports, filesWithoutRule, forbiddenImports, type House } from "./support/architecture/imports.ts";
import { type Files, type Project, projectOf, readFiles } from "./support/architecture/project.ts";

const MAX_LINES = 350;

/** What the published clients are built upon. */
const BASE = ["src/errors.ts", "src/platform/"];
const CLIENT = [...BASE, "src/http/", "src/webhook/", "generated/version.ts"];
const AUTHSIGNAL = ["generated/authsignal*", "generated/call-connect*"];
const BRIDGE = [...BASE, "src/http/", "src/authsignal/", "src/authy/", "src/case.ts"];

/** What the parts of the emulator are built upon, lowest layer first. Each may import those above it in this list. */
const EMULATED = ["src/platform/", "src/files/", "src/webhook/", "generated/", "node:*"];
const HTTP = [...EMULATED, "hono", "src/emulator/state/"];
const WEBHOOKS = [...HTTP, "src/emulator/http/"];
const TENANT = [...WEBHOOKS, "src/emulator/webhooks/"];
const DOMAIN = [...TENANT, "src/emulator/tenant/"];
const SERVED = [...DOMAIN, "hono/*", "src/emulator/domain/"];
const SERVER = [
  ...SERVED,
  ...["server-api", "client-api", "control-api", "pages", "inspector"].map((name) => `src/emulator/${name}/`),
];
const EMULATOR = [
  ...SERVER,
  "src/emulator/inspector/panels/",
  "src/emulator/server/",
  "src/emulator/storage/",
  "src/emulator/visit/",
];
const START = [...EMULATOR, "src/emulator/emulator.ts"];
const TOOLS = [...START, "src/emulator/start.ts", "src/emulator/mount.ts"];

/** Who may import whom. `House` says how this is read. */
const HOUSE: House = {
  "src/platform/": ["type node:*"],
  "src/platform/hmac.ts": ["src/platform/", "@noble/hashes/*", "type node:*"],
  "src/errors.ts": ["src/platform/"],
  "src/case.ts": [],
  "src/files/": ["src/platform/", "node:*"],
  "src/http/": [...BASE, "type openapi-fetch"],
  "src/http/client.ts": [...BASE, "src/http/", "openapi-fetch"],
  "src/http/node-transport.ts": [...BASE, "src/http/", "type node:*"],
  "src/webhook/": [...BASE, "generated/authsignal*"],
  "src/authsignal/": [...CLIENT, ...AUTHSIGNAL, "type openapi-fetch"],
  "src/step-up/": [...BASE, "src/webhook/", "src/authsignal/"],
  "src/authy/": [...CLIENT, "src/case.ts", "generated/authy*", "type openapi-fetch", "libphonenumber-js/*"],
  "src/authy/migrate/index.ts": [
    "src/authy/",
    "src/authy/migrate/bridge.ts",
    "src/authy/migrate/bridge/",
    "src/authy/migrate/import/",
  ],
  "src/authy/migrate/bridge.ts": [...BRIDGE, "src/authy/migrate/bridge/"],
  "src/authy/migrate/bridge/": BRIDGE,
  "src/authy/migrate/import/": [
    ...BASE,
    "src/files/",
    "src/http/retry.ts",
    "src/authsignal/",
    "src/authy/phone.ts",
    "csv-parse/*",
  ],
  "src/authy/migrate/cli.ts": ["src/authy/migrate/cli/", "src/authy/migrate/import/", "node:*"],
  "src/authy/migrate/cli/": ["src/authsignal/", "src/authy/migrate/import/", "generated/version.ts", "node:*"],
  "src/snake-case.ts": [...BASE, "src/case.ts", "src/authsignal/", "generated/*"],
  "src/client.ts": [...CLIENT, ...AUTHSIGNAL, "src/authsignal/"],
  "src/index.ts": [...CLIENT, ...AUTHSIGNAL, "src/authsignal/", "src/snake-case.ts"],

  "src/emulator/state/": EMULATED,
  "src/emulator/http/": HTTP,
  "src/emulator/webhooks/": WEBHOOKS,
  "src/emulator/tenant/": [...TENANT, "otpauth"],
  "src/emulator/storage/": DOMAIN,
  "src/emulator/domain/": [...DOMAIN, "otpauth"],
  "src/emulator/server-api/": SERVED,
  "src/emulator/client-api/": SERVED,
  "src/emulator/control-api/": SERVED,
  "src/emulator/pages/": [...SERVED, "uqr"],
  "src/emulator/inspector/": [...SERVED, "src/emulator/inspector/panels/"],
  "src/emulator/inspector/panels/": [...SERVED, "src/emulator/inspector/"],
  "src/emulator/server/": [...SERVER, "@hono/node-server*"],
  "src/emulator/emulator.ts": EMULATOR,
  "src/emulator/start.ts": START,
  "src/emulator/mount.ts": START,
  "src/emulator/visit/": SERVED,
  "src/emulator/testing/": [...TOOLS, "msw"],
  "src/emulator/cli/": TOOLS,
  "src/emulator/cli.ts": [...TOOLS, "src/emulator/cli/"],
  "src/emulator/index.ts": [...TOOLS, "src/emulator/testing/"],
  "src/emulator/published.d.ts": ["src/emulator/emulator.cjs"],

  "scripts/": ["src/*", "generated/", "packages"],
};

/** Type predicates whose check the rule cannot see, each with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "src/authy/results.ts: ok()": "the constructor takes other content than that of a success with an error only",
  "src/authy/one-touch.ts: isCallback()":
    "is called for what fits the generated shape of a callback; it checks the two fields that are required",
  "src/emulator/mount.ts: isIncoming()":
    "frameworks have request classes of their own, so the methods that are used are checked",
  "src/emulator/mount.ts: isOutgoing()":
    "frameworks have response classes of their own, so the methods that are used are checked",
  "src/emulator/tenant/tokens.ts: isActionToken()": "checks every value of a record that has these keys",
};

interface Rule {
  readonly name: string;
  /** Lists what breaks the rule. */
  offenders(project: Project): string[];
  /** Files that break the rule, and the list that shows it. */
  readonly canary: Readonly<Record<string, string>>;
  readonly found: readonly string[];
}

const RULES: readonly Rule[] = [
  {
    name: "every file of src has a rule",
    offenders: (project) => filesWithoutRule(project, HOUSE),
    canary: { "src/http/nested/a.ts": "" },
    found: ["src/http/nested/a.ts: no rule"],
  },
  {
    name: "files import only what the table allows",
    offenders: (project) => forbiddenImports(project, HOUSE),
    canary: {
      "src/errors.ts": `import { a } from "./http/a.ts";`,
      "src/http/a.ts": `import type { A } from "../emulator/state/state.ts"; export const a = 1;`,
      "src/http/b.ts": `export { a } from "node:http"; export { b } from "openapi-fetch";`,
      "src/http/client.ts": `import create from "openapi-fetch"; import type { Server } from "node:http";`,
      "src/http/node-transport.ts": `import { type Server, request } from "node:http"; import type { Socket } from "node:net";`,
      "src/authy/a.ts": `export type A = import("./migrate/bridge.ts").A; const b = () => import("../step-up/index.ts");`,
      "src/emulator/state/a.ts": `import type { Tenant } from "../tenant/tenant.ts";`,
      "src/emulator/pages/a.ts": `import { b } from "../server-api/actions.ts"; import { html } from "hono/html";`,
      "scripts/a.ts": `import "../test/support/server.ts"; import "../src/emulator/cli.ts"; import "yaml";`,
    },
    found: [
      "src/errors.ts: src/http/a.ts",
      "src/http/a.ts: src/emulator/state/state.ts",
      "src/http/b.ts: node:http",
      "src/http/b.ts: openapi-fetch",
      "src/http/client.ts: node:http",
      "src/http/node-transport.ts: node:http",
      "src/authy/a.ts: src/authy/migrate/bridge.ts",
      "src/authy/a.ts: src/step-up/index.ts",
      "src/emulator/state/a.ts: src/emulator/tenant/tenant.ts",
      "src/emulator/pages/a.ts: src/emulator/server-api/actions.ts",
      "scripts/a.ts: test/support/server.ts",
    ],
  },
  {
    name: "no imports are circular, between files and between the parts of a folder, types included",
    offenders: circularImports,
    canary: {
      "src/a/one.ts": `import type { Two } from "./two.ts"; export interface One { two: Two }`,
      "src/a/two.ts": `export interface Two { one: import("./one.ts").One }`,
      "src/b/one.ts": `export { three } from "../c/three.ts";`,
      "src/b/two.ts": "export const two = 2;",
      "src/c/three.ts": "export const three = 3;",
      "src/c/four.ts": `export const four = import("../b/two.ts");`,
    },
    found: [
      "files: src/a/one.ts, src/a/two.ts import one another",
      "src: b, c import one another\n    src/b/one.ts imports src/c/three.ts\n    src/c/four.ts imports src/b/two.ts",
      "src/a: one.ts, two.ts import one another\n    src/a/one.ts imports src/a/two.ts\n    src/a/two.ts imports src/a/one.ts",
    ],
  },
  {
    name: "src has no cast",
    offenders: casts,
    canary: {
      "src/a.ts": [
        "export const a = [1] as const;",
        "export const b = a as unknown;",
        "export const c = <unknown>a;",
        "export const d = a[0]!;",
        "export class E { e!: string }",
        "let f!: string;",
        "export const g = a satisfies readonly number[];",
      ].join("\n"),
    },
    found: [
      "src/a.ts:2: a as unknown",
      "src/a.ts:3: <unknown>a",
      "src/a.ts:4: a[0]!",
      "src/a.ts:5: e!: string",
      "src/a.ts:6: f!: string",
    ],
  },
  {
    name: "src has no any",
    offenders: anys,
    canary: { "src/a.ts": "export const a: any = 1;\nexport type B = any[]; // any" },
    found: ["src/a.ts:1: a: any = 1", "src/a.ts:2: any[]"],
  },
  {
    name: "no type predicate claims more than it checks",
    offenders: (project) => falsePredicates(project).filter((line) => exceptionFor(line) === undefined),
    canary: {
      "src/a.ts": [
        "interface User { id: string; name: string; email?: string }",
        "export function always(value: unknown): value is User { return true; }",
        `export function some(value: unknown): value is User { return typeof value === "object" && value !== null && "id" in value; }`,
        `export function all(value: object): value is User { return "id" in value && "name" in value; }`,
        `const KEYS = ["id", "name"]; export const keys = (value: object): value is User => KEYS.every((key) => key in value);`,
        `export const nested = (value: unknown): value is User => typeof value === "object" && value !== null && all(value);`,
        "export const wider = (value: { id: string }): value is User => value.id.length > 0;",
        "export const text = (value: string | number): value is string => Boolean(1);",
        `export const narrow = (value: string | number): value is string => typeof value === "string";`,
        "export const list = (value: unknown): value is readonly string[] => Object(value) === value;",
        "export const pair = (value: unknown): value is [string, number] => Array.isArray(value);",
        `export const right = (value: unknown): value is [string, number] => Array.isArray(value) && value.length === 2;`,
        `export const stream = (value: unknown): value is AsyncIterable<string> => typeof value === "object";`,
        "export function asserted(value: unknown): asserts value is User {}",
      ].join("\n"),
    },
    found: [
      "src/a.ts:2: always(): value is User without a check of id, name",
      "src/a.ts:3: some(): value is User without a check of name",
      "src/a.ts:7: wider(): value is User without a check of name",
      "src/a.ts:8: text(): value is string without a check",
      "src/a.ts:10: list(): value is readonly string[] without a check of isArray",
      "src/a.ts:11: pair(): value is [string, number] without a check of length",
      "src/a.ts:13: stream(): value is AsyncIterable<string> without a check of asyncIterator",
      "src/a.ts:14: asserted(): asserts value is User without a check of id, name",
    ],
  },
  {
    name: "src reads no field of Object(value), which is of any type",
    offenders: untypedReads,
    canary: {
      "src/a.ts": [
        "const value: unknown = 1;",
        "export const a = Object(value).field;",
        `export const b = Object(value)["field"];`,
        "export const { c } = Object(value);",
        `export const d = Reflect.get(Object(value), "field");`,
        "export const e = Object(value);",
        "export const f = Object(value) === value;",
        "export const g: object = Object(value);",
        "export const h = Object.entries(Object(value));",
      ].join("\n"),
    },
    found: [
      "src/a.ts:2: Object(value).field",
      `src/a.ts:3: Object(value)["field"]`,
      "src/a.ts:4: { c } = Object(value)",
      `src/a.ts:5: Reflect.get(Object(value), "field")`,
      "src/a.ts:6: e = Object(value)",
    ],
  },
  {
    name: "src and scripts suppress no check",
    offenders: suppressions,
    canary: { "src/a.ts": "// @ts-expect-error\n\n// biome-ignore lint: a", "scripts/a.ts": "/* @ts-nocheck */" },
    found: ["src/a.ts:1: @ts-expect-error", "src/a.ts:3: biome-ignore", "scripts/a.ts:1: @ts-nocheck"],
  },
  {
    name: `no file has more than ${MAX_LINES} lines`,
    offenders: longFiles,
    canary: { "test/a.css": "a {}\n".repeat(MAX_LINES + 1), "src/a.ts": "// a\n".repeat(MAX_LINES) },
    found: [`test/a.css: ${MAX_LINES + 1} lines`],
  },
];

function longFiles({ files }: Project): string[] {
  const lengths = [...files].map(([name, text]) => [name, text.trimEnd().split("\n").length] as const);
  return lengths.filter(([, lines]) => lines > MAX_LINES).map(([name, lines]) => `${name}: ${lines} lines`);
}

/** The exception for an offender, whose line number is ignored. */
function exceptionFor(offender: string): string | undefined {
  return Object.keys(EXCEPTIONS).find((name) => offender.replace(/:\d+: /, ": ").startsWith(`${name}: `));
}

describe("the architecture", () => {
  const project = projectOf(readFiles(["src", "scripts", "test"]));

  it.each(RULES)("$name", ({ offenders }) => {
    expect(offenders(project)).toEqual([]);
  });

  it("has no exception that is not needed any more", () => {
    const needed = new Set(falsePredicates(project).map(exceptionFor));
    expect(Object.keys(EXCEPTIONS).filter((name) => !needed.has(name))).toEqual([]);
  });
});

describe("a rule of the architecture can fail", () => {
  it.each(RULES)("$name", ({ offenders, canary, found }) => {
    const files: Files = new Map(Object.entries(canary));
    expect(offenders(projectOf(files)).filter((line) => !line.endsWith(": no such file or folder"))).toEqual(found);
  });
});
