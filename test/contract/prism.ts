import type { TestProject } from "vitest/node";
import { startPrism } from "../../scripts/prism.ts";
import type { Api } from "./spec.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of Prism over each of our descriptions. */
    prism: Record<Api, string>;
  }
}

/** Starts Prism once for all contract tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const prisms = await Promise.all([startPrism("authsignal"), startPrism("call-connect")]);
  const [authsignal, callConnect] = prisms.map(({ url }) => url);
  if (!authsignal || !callConnect) throw new Error("Prism has no address");
  project.provide("prism", { authsignal, "call-connect": callConnect });
  return async () => {
    await Promise.all(prisms.map((prism) => prism[Symbol.asyncDispose]()));
  };
}
