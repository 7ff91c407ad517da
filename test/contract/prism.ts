import type { TestProject } from "vitest/node";
import { startPrism } from "../../scripts/prism.ts";
import type { Spec } from "./spec.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of the Prism of each of our specs. */
    prism: Record<Spec, string>;
  }
}

/** Starts Prism once for all contract tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const prisms = await Promise.all([startPrism("authsignal"), startPrism("call-connect"), startPrism("authy")]);
  const [authsignal, callConnect, authy] = prisms.map(({ url }) => url);
  if (!authsignal || !callConnect || !authy) throw new Error("Prism has no address");
  project.provide("prism", { authsignal, "call-connect": callConnect, authy });
  return async () => {
    await Promise.all(prisms.map((prism) => prism[Symbol.asyncDispose]()));
  };
}
