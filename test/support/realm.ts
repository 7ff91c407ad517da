import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";

/** Evaluates an expression in another realm, where `given` is a variable. */
export function inOtherRealm(expression: string, given: unknown): unknown {
  return runInContext(expression, createContext({ given }));
}

/** The `URL` of jsdom 20 in Jest 29, which has no `canParse`. */
class UrlOfJsdom extends URL {
  static override canParse = undefined as never;
}

/**
 * Runs a module in a separate realm, as Jest's jsdom does: with `atob`, `btoa`, `URL` and `process`, and without `TextEncoder`
 * and `TextDecoder`. Returns its exports. `before` runs in the realm first.
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
