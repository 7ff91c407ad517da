import { defineConfig } from "tsdown";

/** The only packages whose code or types end up in ours; the build fails when another one does. Their licenses are in THIRD_PARTY_NOTICES.md. */
const bundled = ["openapi-fetch", "openapi-typescript-helpers"].concat(
  ["hmac", "sha256", "hash", "wipe", "binary"].map((name) => `@stablelib/${name}`),
);

/**
 * The files of `dist/`, lowest layer first. A bundler takes a file of this package in only when it needs one of its
 * exports, so whoever verifies webhooks and nothing else gets `webhook` and `errors`.
 */
const layers = [
  layer("errors", /\/src\/errors\.ts$/),
  layer("core", /\/openapi-fetch\/|\/src\/http\/|\/src\/authsignal\/(api|regions)\.ts$|\/generated\/version\.ts$/),
  layer("webhook", /\/@stablelib\/|\/src\/webhook\.ts$/),
  layer("facade", /\/src\/authsignal\/(authsignal|client)\.ts$|\/generated\/authsignal-data\.ts$/),
  layer("call-connect", /\/src\/authsignal\/call-connect\.ts$|\/generated\/call-connect-data\.ts$/),
  layer("snake-case", /\/src\/(snake-case|naming)\.ts$/),
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
 * The client always brings serializers of its own, so these defaults of openapi-fetch are dead code, which no bundler can
 * see: 0.8 kB of gzip.
 */
const DEFAULTS = ["createQuerySerializer", "defaultPathSerializer", "defaultBodySerializer"];

const leaveOutDefaults = {
  name: "leave-out-defaults",
  transform: {
    filter: { id: /\/openapi-fetch\/dist\/index\.mjs$/ },
    handler(code: string): string {
      return DEFAULTS.reduce((rest, name) => {
        const shortened = rest.replace(new RegExp(`function ${name}\\([^]*?\\n}\\n`), `function ${name}() {}\n`);
        if (shortened === rest) throw new Error(`openapi-fetch has no ${name} any more`);
        return shortened;
      }, code);
    },
  },
};

// No source maps and no minification: the code in `dist/` is readable as it is, and maps would double the tarball.
export default defineConfig({
  entry: { index: "src/index.ts", client: "src/client.ts" },
  format: ["esm", "cjs"],
  platform: "neutral",
  target: "es2022",
  dts: true,
  hash: false,
  logLevel: "warn",
  checks: { pluginTimings: false },
  deps: {
    alwaysBundle: bundled.map((name) => new RegExp(`^${name}($|/)`)),
    onlyBundle: bundled,
  },
  inputOptions: { resolve: { mainFields: ["module", "main"] } },
  treeshake: { propertyReadSideEffects: false },
  plugins: [leaveOutDefaults],
  outputOptions: (options) => ({ ...options, codeSplitting: { groups: layers } }),
});
