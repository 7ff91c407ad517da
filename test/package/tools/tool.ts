import { join } from "node:path";
import { root } from "../../../scripts/pack.ts";
import type manifest from "../install/package.json";

/** The folder of a tool of consumers. */
export function tool(name: keyof typeof manifest.dependencies): string {
  return join(root, ".consumers/node_modules", name);
}
