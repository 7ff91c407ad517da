import { readFile } from "node:fs/promises";
import config from "../../tsdown.config.ts";

/** An entry of the package. */
export interface Entry {
  /** The specifier of its import, such as `authsignal-ts/client`. */
  readonly specifier: string;
  /** The name of its file in `dist/`, such as `client`. */
  readonly name: string;
  /** Its source file. */
  readonly source: string;
}

/** Reads the entries of package.json that are code, in its order. */
export async function readEntries(): Promise<Entry[]> {
  const manifest = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  const sources = sourcesByName();
  return Object.keys(manifest.exports).flatMap((path) => {
    const name = /^\.\/dist\/(.+)\.js$/.exec(manifest.exports[path]?.import?.default ?? "")?.[1];
    if (name === undefined) return [];
    const source = sources.get(name);
    if (source === undefined) throw new Error(`tsdown.config.ts does not build dist/${name}.js`);
    return [{ specifier: path.replace(/^\./, manifest.name), name, source }];
  });
}

function sourcesByName(): Map<string, string> {
  const sources = config.flatMap(({ entry }) => (typeof entry === "object" ? Object.entries(entry) : []));
  return new Map(sources.flatMap(([name, source]) => (typeof source === "string" ? [[name, source] as const] : [])));
}
