/**
 * Compares a spec with ours: `main.ts FILE [OURS]`. OURS is a name of `openapi/`, by default the spec with most operations in
 * common. Exits with 0 without a breaking change, with 1 with one, and with 2 when the specs cannot be compared.
 */
import { compare } from "./compare.ts";
import { type Description, isObject, readDescription } from "./read.ts";
import { report } from "./report.ts";

const NAMES = ["authsignal", "authy", "call-connect", "client-api", "emulator"];

function ours(name: string): Promise<Description> {
  return readDescription(new URL(`../../openapi/${name}.yaml`, import.meta.url).pathname);
}

function routesOf({ paths }: Description): string[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(isObject(item) ? item : {}).map((verb) => `${verb} ${path}`),
  );
}

async function nearest(other: Description): Promise<string> {
  const routes = new Set(routesOf(other));
  const scores = await Promise.all(
    NAMES.map(async (name) => ({
      name,
      score: routesOf(await ours(name)).filter((route) => routes.has(route)).length,
    })),
  );
  const [best] = scores.sort((a, b) => b.score - a.score);
  if (!best || best.score === 0) throw new Error(`It shares no operation with ours: say WITH=${NAMES.join("|")}`);
  return best.name;
}

const [file, given] = process.argv.slice(2);
try {
  if (!file) throw new Error("Say which file: make diff SPEC=their-openapi.yaml");
  if (given && !NAMES.includes(given)) throw new Error(`WITH must be one of ${NAMES.join(", ")}`);
  const other = await readDescription(file);
  const name = given || (await nearest(other));
  const changes = compare(await ours(name), other);
  console.log(report(name, changes));
  process.exitCode = changes.some(({ isBreaking }) => isBreaking) ? 1 : 0;
} catch (error) {
  console.error(JSON.stringify(file ?? ""), error instanceof Error ? error.message : "cannot be read");
  process.exitCode = 2;
}
