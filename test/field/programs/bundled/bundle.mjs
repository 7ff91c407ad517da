// Bundles a program for Node with one of the bundlers, and reports the warnings.
import { writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import nodeResolve from "@rollup/plugin-node-resolve";
import { build } from "esbuild";
import { rollup } from "rollup";
import webpack from "webpack";

const [bundler, program, output] = process.argv.slice(2);
const entry = `./${program}.mjs`;
const files = { esm: `${output}.mjs`, cjs: `${output}.cjs` };
const formats = Object.keys(files);

const bundlers = {
  async esbuild() {
    const options = { entryPoints: [entry], bundle: true, minify: true, platform: "node", logLevel: "silent" };
    const results = await Promise.all(formats.map((format) => build({ ...options, format, outfile: files[format] })));
    return results.flatMap(({ warnings }) => warnings.map(({ text }) => text));
  },
  async rollup() {
    const warnings = [];
    const plugins = [nodeResolve({ preferBuiltins: true, exportConditions: ["node"] }), commonjs(), json()];
    const onwarn = ({ message }) => warnings.push(message);
    const bundle = await rollup({ input: entry, plugins, external: /^node:/, onwarn });
    for (const format of formats) await bundle.write({ file: files[format], format, inlineDynamicImports: true });
    return warnings;
  },
  async webpack() {
    const compiler = webpack(formats.map(webpackOptions));
    const stats = await new Promise((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    const { warnings, errors } = stats.toJson({ all: false, warnings: true, errors: true });
    return [...warnings, ...errors].map(({ message }) => message);
  },
};

/** Defines production, and allows the emulator to start there. */
function webpackOptions(format) {
  const module = format === "esm";
  return {
    mode: "production",
    target: "node",
    entry,
    optimization: { nodeEnv: false, minimize: false },
    experiments: { outputModule: module },
    output: {
      path: dirname(files[format]),
      filename: basename(files[format]),
      module,
      chunkFormat: module ? "module" : "commonjs",
    },
  };
}

writeFileSync(process.env.REPORT, JSON.stringify({ warnings: await bundlers[bundler]() }));
