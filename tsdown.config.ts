import { defineConfig, type UserConfig } from "tsdown";

/** What signatures of webhooks need. */
const stablelib = ["hmac", "sha256", "hash", "wipe", "binary"].map((name) => `@stablelib/${name}`);

/** The only packages whose code or types end up in ours; the build fails when another one does. Their licenses are in THIRD_PARTY_NOTICES.md. */
const bundled = ["openapi-fetch", "openapi-typescript-helpers", "libphonenumber-js", ...stablelib];

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
  layer("authy-core", /\/src\/authy\//),
  layer("snake-case", /\/src\/snake-case\.ts$/),
  layer("enums", /\/src\/authsignal\/enums\.ts$/),
  { name: "types.d", test: isTypes, minShareCount: 2 },
];

function layer(name: string, files: RegExp) {
  return { name, test: (id: string) => files.test(id) && !isTypes(id) };
}

function isTypes(id: string): boolean {
  return /\.d\.[cm]?ts$/.test(id);
}

/**
 * The client always brings serializers of its own and never a `requestInitExt`, so these parts of openapi-fetch are dead
 * code, which no bundler can see: 0.8 kB of gzip.
 */
const DEAD = ["createQuerySerializer", "defaultPathSerializer", "defaultBodySerializer", "supportsRequestInitExt"];

const leaveOutDeadCode = {
  name: "leave-out-dead-code",
  transform: {
    filter: { id: /\/openapi-fetch\/dist\/index\.mjs$/ },
    handler(code: string): string {
      return DEAD.reduce((rest, name) => {
        const shortened = rest.replace(
          new RegExp(`(function ${name}\\(|const ${name} = )[^]*?\\n};?\\n`),
          `function ${name}() {}\n`,
        );
        if (shortened === rest) throw new Error(`openapi-fetch has no ${name} any more`);
        return shortened;
      }, code);
    },
  },
};

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

const client: UserConfig = {
  ...shared,
  entry: { index: "src/index.ts", client: "src/client.ts", authy: "src/authy/index.ts" },
  format: ["esm", "cjs"],
  platform: "neutral",
  dts: true,
  deps: only(bundled),
  inputOptions: { resolve: { mainFields: ["module", "main"] } },
  treeshake: { propertyReadSideEffects: false },
  plugins: [leaveOutDeadCode],
  outputOptions: (options) => ({ ...options, codeSplitting: { groups: layers } }),
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

export default defineConfig([client, emulatorCode, emulatorModule]);
