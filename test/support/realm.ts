import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";

/** Makes a value by an expression in another realm, with what is given there as `given`. */
export function inOtherRealm(expression: string, given: unknown): unknown {
  return runInContext(expression, createContext({ given }));
}

/** A `URL` as jsdom 20 has it, which is the one of Jest 29: without `canParse`. */
class UrlOfJsdom extends URL {
  static override canParse = undefined as never;
}

/**
 * Runs a module in a realm of its own, as Jest's jsdom does: with `atob`, `btoa`, `URL` and `process`, and without
 * `TextEncoder` and `TextDecoder`. Gives what the module exports. `before` runs there
 * first.
 */
export async function moduleInOtherRealm(file: string, before = ""): Promise<Record<string, unknown>> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "module",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    logLevel: "silent",
  });
  const context = createContext({ atob, btoa, URL: UrlOfJsdom, URLSearchParams, process });
  runInContext(before, context);
  runInContext(outputFiles[0]?.text ?? "", context);
  return runInContext("({ ...module })", context);
}
