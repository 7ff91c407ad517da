import { defineConfig, type UserConfig } from "tsdown";

/** The only packages whose code or types end up in ours; the build fails when another one does. Their licenses are in THIRD_PARTY_NOTICES.md. */
const bundled = ["openapi-fetch", "openapi-typescript-helpers", "libphonenumber-js", "csv-parse", "@noble/hashes"];

/** The same for the emulator, with what these packages need. */
const bundledInEmulator = [["@noble/hashes"], ["hono", "@hono/node-server"], ["otpauth"], ["uqr"]].flat();

/**
 * The files of the client in `dist/`, lowest layer first. A bundler takes a file of this package in only when it needs
 * one of its exports, so a program that only verifies webhooks gets `webhook`, `errors` and
 * `platform`.
 */
const layers = [
  layer(
    "platform",
    /\/src\/platform\/(builtin|bytes|client-marks|fields|own-options|parse-url|request-headers|shape|timers|utf8|uuid)\.ts$/,
  ),
  layer("errors", /\/src\/(errors|platform\/printable)\.ts$/),
  // A file of its own, because the Authy import retries by the same statuses and needs nothing else of `core`.
  layer("retry", /\/src\/http\/retry\.ts$/),
  layer(
    "core",
    /\/openapi-fetch\/|\/src\/(http\/|case\.ts$|authsignal\/(api|environment|options|regions)\.ts$)|\/generated\/version\.ts$/,
  ),
  layer("webhook", /\/@noble\/hashes\/|\/src\/(webhook\/|platform\/(constant-time|hmac)\.ts$)/),
  layer("facade", /\/src\/authsignal\/(authsignal|client|response-info)\.ts$|\/generated\/authsignal-data\.ts$/),
  layer("call-connect", /\/src\/authsignal\/call-connect\.ts$|\/generated\/call-connect-data\.ts$/),
  layer("authy-data", /\/generated\/authy-data\.ts$/),
  layer("phone", /\/libphonenumber-js\/|\/src\/authy\/phone\.ts$/),
  layer("authy-parts", /\/src\/authy\/(checks|client-part|error|results)\.ts$/),
  layer("authy-core", /\/src\/authy\/(?!index\.ts$|migrate\/)/),
  layer("migrate-error", /\/src\/authy\/migrate\/import\/error\.ts$/),
  layer("migrate-import", /\/csv-parse\/|\/src\/(files|authy\/migrate\/import)\//),
  layer("snake-case", /\/src\/snake-case\.ts$/),
  layer("enums", /\/src\/authsignal\/enums\.ts$/),
  sharedTypes(
    "types",
    /\/openapi-|\/src\/(errors|case|http\/.*|authsignal\/(options|regions))\.|\/generated\/authsignal\b/,
  ),
  sharedTypes("facade", /\/src\/(webhook\/|authsignal\/(authsignal|schema|types)\.)/),
  sharedTypes("authy-types", /\/generated\/authy\.|\/src\/authy\/(?!migrate\/)/),
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

const entries = {
  index: "src/index.ts",
  client: "src/client.ts",
  authy: "src/authy/index.ts",
  migrate: "src/authy/migrate/index.ts",
  "step-up": "src/step-up/index.ts",
};

const client: UserConfig = {
  ...shared,
  platform: "neutral",
  dts: { entry: Object.values(entries), compilerOptions: { stripInternal: true } },
  inputOptions: { resolve: { mainFields: ["module", "main"] } },
  treeshake: { propertyReadSideEffects: false },
  outputOptions: (options) => ({
    ...options,
    codeSplitting: { groups: layers },
    // openapi-fetch asks for the version of Node, which the edge build of Next.js warns of where `process` is no name of ours.
    intro: ({ name }) => (name === "core" ? "const { process } = globalThis;" : ""),
  }),
};

const clientModule: UserConfig = { ...client, entry: entries, format: "esm", deps: only(bundled) };

/** With the program that migrates users, which shares the code of the client. */
const clientCommonJs: UserConfig = {
  ...client,
  entry: { ...entries, "migrate-authy-cli": "src/authy/migrate/cli.ts" },
  format: "cjs",
  deps: only(bundled),
};

const emulator: UserConfig = {
  ...shared,
  platform: "node",
  fixedExtension: false,
  deps: only(bundledInEmulator),
  treeshake: { propertyReadSideEffects: false },
};

const entry = "src/emulator/index.ts";

/**
 * All code of the emulator, which is there once only. It is CommonJS, because both `import` and `require` can load that
 * everywhere, Jest included. Node's modules come from `process.getBuiltinModule` (Node 20.16, 22.3 and newer), because a
 * bundle in ESM format has no `require`.
 */
const emulatorCode: UserConfig = {
  ...emulator,
  entry: { emulator: entry, "emulator-cli": "src/emulator/cli.ts" },
  format: "cjs",
  dts: { entry },
  copy: "generated/emulator-seed.schema.json",
  outputOptions: (options) => ({
    ...options,
    chunkFileNames: "emulator-core.cjs",
    intro: ({ isEntry }) => (isEntry ? "" : "var require = process.getBuiltinModule ?? require;"),
  }),
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

/** Its types are those of the CommonJS file, too, so that what was imported fits what was required. */
const emulatorModule: UserConfig = {
  ...emulator,
  entry: { emulator: entry },
  format: "esm",
  plugins: [fromCommonJs],
  copy: { from: "src/emulator/published.d.ts", rename: "emulator.d.ts" },
};

export default defineConfig([clientModule, clientCommonJs, emulatorCode, emulatorModule]);
