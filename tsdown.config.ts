import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import { defineConfig, type UserConfig } from "tsdown";

/** What signatures of webhooks need. */
const stablelib = ["hmac", "sha256", "hash", "wipe", "binary"].map((name) => `@stablelib/${name}`);

/** The only packages whose code or types end up in ours; the build fails when another one does. Their licenses are in THIRD_PARTY_NOTICES.md. */
const bundled = ["openapi-fetch", "openapi-typescript-helpers", "libphonenumber-js", "csv-parse", ...stablelib];

/** The same for the program that migrates users, which shows a bar. */
const bundledInProgram = [
  "cli-progress",
  ...["string-width", "strip-ansi", "ansi-regex", "emoji-regex", "is-fullwidth-code-point"],
];

/** The same for the emulator, with what these packages need. */
const bundledInEmulator = [
  stablelib,
  ["hono", "@hono/node-server"],
  ["otpauth"],
  ["jsonwebtoken", "jws", "jwa", "buffer-equal-constant-time", "ecdsa-sig-formatter", "safe-buffer", "semver"],
  ["includes", "isboolean", "isinteger", "isnumber", "isplainobject", "isstring", "once"].map(
    (name) => `lodash.${name}`,
  ),
  ["ms", "uqr"],
  ["node-html-parser", "he", "css-select", "css-what", "nth-check", "boolbase"],
  ["domhandler", "domutils", "dom-serializer", "domelementtype", "entities"],
].flat();

/**
 * The files of the client in `dist/`, lowest layer first. A bundler takes a file of this package in only when it needs
 * one of its exports, so whoever verifies webhooks and nothing else gets `webhook` and `errors`.
 */
const layers = [
  layer("errors", /\/src\/errors\.ts$/),
  layer(
    "core",
    /\/openapi-fetch\/|\/src\/(http\/|naming\.ts$|authsignal\/(api|regions)\.ts$)|\/generated\/version\.ts$/,
  ),
  layer("webhook", /\/@stablelib\/|\/src\/(webhook|signature)\.ts$/),
  layer("facade", /\/src\/authsignal\/(authsignal|client)\.ts$|\/generated\/authsignal-data\.ts$/),
  layer("call-connect", /\/src\/authsignal\/call-connect\.ts$|\/generated\/call-connect-data\.ts$/),
  layer("authy-data", /\/generated\/authy-data\.ts$/),
  layer("phone", /\/libphonenumber-js\/|\/src\/authy\/phone\.ts$/),
  layer("authy-parts", /\/src\/authy\/(checks|error|results)\.ts$/),
  layer("authy-core", /\/src\/authy\/(?!index\.ts$)/),
  layer("migrate-error", /\/src\/migration\/import\/error\.ts$/),
  layer("migrate-import", /\/csv-parse\/|\/src\/migration\/import\/|^\0node-on-demand:/),
  layer("snake-case", /\/src\/snake-case\.ts$/),
  layer("enums", /\/src\/authsignal\/enums\.ts$/),
  sharedTypes(
    "types",
    /\/openapi-|\/src\/(errors|naming|http\/.*|authsignal\/(options|regions))\.|\/generated\/authsignal\b/,
  ),
  sharedTypes("facade", /\/src\/(webhook|authsignal\/(authsignal|schema|types))\./),
  sharedTypes("authy-types", /\/generated\/authy\.|\/src\/authy\//),
];

function layer(name: string, files: RegExp) {
  return { name, test: (id: string) => files.test(id) && !isTypes(id) };
}

function sharedTypes(name: string, files: RegExp) {
  return { name: `${name}.d`, test: (id: string) => files.test(id) && isTypes(id), minShareCount: 2 };
}

function isTypes(id: string): boolean {
  return /\.d\.[cm]?ts$/.test(id);
}

/** What a hash does that is used once more after its end. */
const IF_FINISHED = /\n {8}if \(this\._finished\) \{[\s\S]*?\n {8}}/;

/**
 * What is changed in the packages that are built in, to save 2 kB of gzip. Most is left out, because nothing reaches it,
 * though no bundler can see that: the client always brings a `fetch`, a `Request` and serializers of its own, and never a
 * `requestInitExt` or a form, and no API has a path for PUT, OPTIONS, HEAD or TRACE; it makes each signature in one go, so
 * that no state of a hash is kept or used again. Headers are merged by a function of ours, for which Node need not load its
 * `fetch`. The constants of SHA-256 are computed as FIPS 180-4, 4.2.2 and 5.3.3, defines them: 32 bits of the fractions of
 * cube and square roots of primes, which `**` gives with ten bits to spare.
 */
const adaptPackages = [
  adapt(/\/openapi-fetch\/dist\/index\.mjs$/, [
    [/^/, `import { mergeHeaders } from ${JSON.stringify(resolve("src/http/headers.ts"))};\n`],
    /\nfunction mergeHeaders\([\s\S]*?\n}/,
    /,\s*\/\/ Note: we declare mergeHeaders[\s\S]*?mergeHeaders\(baseHeaders, headers, params\.header\)/,
    /\n {6}redirect: "follow",/,
    /typeof \w+QuerySerializer === "function" \? | : createQuerySerializer\((globalQuerySerializer|\{[\s\S]*?\n {6}\})\)(?=;)/g,
    / = globalThis\.(Request|fetch)(?=,)/g,
    / \?\? defaultBodySerializer| \|\| defaultPathSerializer/g,
    / \|\| request\.method === "HEAD"/,
    /\n {2}baseUrl = removeTrailingSlash\(baseUrl\);/,
    /(?<=baseUrl) = ""/,
    /(?<=if \(m && )typeof m === "object" && /g,
    /\n {2}if \(search\.startsWith[\s\S]*?\n {2}}/,
    /const supportsRequestInitExt = [\s\S]*?\n};/,
    /\n {4}requestInitExt = void 0,/,
    /\n {2}requestInitExt = supportsRequestInitExt.*/,
    /(?<=await fetch\(request), requestInitExt/,
    / \|\|.*\n *serializedBody instanceof FormData/,
    ...["PUT", "OPTIONS", "HEAD", "TRACE"].map(method),
  ]),
  adapt(/\/@stablelib\/hmac\/lib\/hmac\.js$/, [
    ...["reset", "clean", "saveState", "restoreState", "cleanSavedState"].map(method),
    /\n {8}if \(isSerializableHash[\s\S]*?\n {8}}/,
    /\n {4}_innerKeyedState;\n {4}_outerKeyedState;/,
    /\n {4}_finished = false;/,
    /\n {8}this\._finished = true;/,
    IF_FINISHED,
  ]),
  adapt(/\/@stablelib\/sha256\/lib\/sha256\.js$/, [
    [/(?<=\nconst K = )new Int32Array\([\s\S]*?\)(?=;)/, "/* @__PURE__ */ rootsOfPrimes(64, 1 / 3)"],
    [/(?<=_initState\(\) \{)[\s\S]*?(?=\n {4}})/, "this._state.set(rootsOfPrimes(8, 1 / 2));"],
    [/$/, `\n${rootsOfPrimes}`],
    ...["digest", "saveState", "restoreState", "cleanSavedState"].map(method),
    IF_FINISHED,
  ]),
];

function method(name: string): RegExp {
  return new RegExp(`\\n {4}${name}\\([\\s\\S]*?\\n {4}}(,|(?=\\n))`);
}

function rootsOfPrimes(count: number, exponent: number): Int32Array {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++)
    if (primes.every((prime) => number % prime)) primes.push(number);
  return Int32Array.from(primes, (prime) => prime ** exponent * 2 ** 32);
}

type Change = RegExp | [part: RegExp, replacement: string];

function adapt(file: RegExp, changes: readonly Change[]) {
  return {
    name: "adapt-packages",
    transform: {
      filter: { id: file },
      handler: (code: string): string =>
        changes.reduce((text, change) => {
          const [part, replacement] = change instanceof RegExp ? [change, ""] : change;
          if (!part.test(text)) throw new Error(`${file} no longer holds ${part}`);
          return text.replace(part, replacement);
        }, code),
    },
  };
}

// No source maps and no minification: the code in `dist/` is readable as it is, and maps would double the tarball.
const shared = {
  target: "es2022",
  hash: false,
  logLevel: "warn",
  checks: { pluginTimings: false },
} satisfies UserConfig;

function only(packages: readonly string[]) {
  return { alwaysBundle: packages.map((name) => new RegExp(`^${name}($|/)`)), onlyBundle: [...packages] };
}

/** Node's modules are asked for where the import of users runs. So a bundler for another place does not look for them. */
const nodeOnDemand = {
  name: "node-on-demand",
  resolveId: {
    order: "pre" as const,
    handler: (id: string, importer = "") =>
      isBuiltin(id) && /\/src\/migration\/import\/|\/csv-parse\/lib\//.test(importer)
        ? `\0node-on-demand:${id}`
        : undefined,
  },
  load: {
    filter: { id: /^\0node-on-demand:/ },
    async handler(id: string): Promise<string> {
      const name = id.slice(id.indexOf(":") + 1);
      const members = Object.keys(await import(name)).filter((member) => member !== "default");
      const exported = members.map((member) => `export const ${member} = builtin.${member};`);
      return [`const builtin = process.getBuiltinModule("${name}");`, ...exported].join("\n");
    },
  },
};

const entries = {
  index: "src/index.ts",
  client: "src/client.ts",
  authy: "src/authy/index.ts",
  migrate: "src/migration/index.ts",
  "step-up": "src/step-up/index.ts",
};

const client: UserConfig = {
  ...shared,
  platform: "neutral",
  dts: { entry: Object.values(entries), compilerOptions: { stripInternal: true } },
  inputOptions: { resolve: { mainFields: ["module", "main"] } },
  treeshake: { propertyReadSideEffects: false },
  plugins: [...adaptPackages, nodeOnDemand],
  outputOptions: (options) => ({ ...options, codeSplitting: { groups: layers } }),
};

const clientModule: UserConfig = { ...client, entry: entries, format: "esm", deps: only(bundled) };

/** With the program that migrates users, which shares the code of the client. */
const clientCommonJs: UserConfig = {
  ...client,
  entry: { ...entries, "migrate-authy-cli": "src/migration/cli.ts" },
  format: "cjs",
  deps: only([...bundled, ...bundledInProgram]),
};

const emulator: UserConfig = {
  ...shared,
  platform: "node",
  fixedExtension: false,
  deps: only(bundledInEmulator),
  treeshake: { propertyReadSideEffects: false },
};

const entry = "src/emulator/index.ts";

/** All code of the emulator, which is there once only. It is CommonJS, because both `import` and `require` can load that everywhere. */
const emulatorCode: UserConfig = {
  ...emulator,
  entry: { emulator: entry, "emulator-cli": "src/emulator/cli.ts" },
  format: "cjs",
  dts: { entry },
  copy: "generated/emulator-seed.schema.json",
  outputOptions: (options) => ({ ...options, chunkFileNames: "emulator-core.cjs" }),
};

/** Takes what the emulator's index exports from its CommonJS file. */
const fromCommonJs = {
  name: "from-common-js",
  resolveId: {
    order: "pre" as const,
    handler: (_id: string, importer?: string) =>
      importer?.endsWith(`/${entry}`) ? { id: "./emulator.cjs", external: true } : undefined,
  },
};

const emulatorModule: UserConfig = {
  ...emulator,
  entry: { emulator: entry },
  format: "esm",
  dts: true,
  plugins: [fromCommonJs],
};

export default defineConfig([clientModule, clientCommonJs, emulatorCode, emulatorModule]);
