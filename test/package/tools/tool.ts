import { join } from "node:path";
import type manifest from "../install/package.json";
import { root } from "../pack.ts";

/** The folder of a tool of consumers. */
export function tool(name: keyof typeof manifest.dependencies): string {
  return join(root, ".consumers/node_modules", name);
}
