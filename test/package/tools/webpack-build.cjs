// Bundles programs of the folder that it runs in, and prints what webpack says about it.
const { join } = require("node:path");
const webpack = require("../../../.consumers/node_modules/webpack");

const [target, output, ...programs] = process.argv.slice(2);
const entry = Object.fromEntries(programs.map((program) => [program, `./${program}.mjs`]));

webpack(
  { mode: "production", target, entry, output: { path: join(output), filename: "[name].cjs" }, performance: false },
  (error, stats) => {
    if (error) throw error;
    const { warnings, errors, assets } = stats.toJson({ all: false, warnings: true, errors: true, assets: true });
    const messages = [...warnings, ...errors].map(({ message }) => message);
    console.log(JSON.stringify({ messages, files: assets.map(({ name }) => name) }));
  },
);
