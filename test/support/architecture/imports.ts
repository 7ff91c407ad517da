import { posix } from "node:path";
import { type Import, importsOf, type Project, sourcesIn } from "./project.ts";

/**
 * Who may import whom, type imports included. A key is a file, or a folder, which ends with `/` and covers the folders
 * below it that have no line of their own. The files of one key may always import one another. What a key may import is
 * named in the same way. A file that has a line of its own beside that of its folder may import other things than the folder
 * does, and is imported as the folder is. Besides, `name*` allows all that begins with this name, `type name` type imports only, and
 * `packages` every package and module of Node.
 */
export type House = Readonly<Record<string, readonly string[]>>;

/** The line of the table that holds for a file: its own, or that of the nearest folder. */
function keyOf(house: House, path: string): string | undefined {
  return path in house ? path : folderKeyOf(house, path);
}

/** The key by which others import a file: that of its folder, unless only files of this folder have lines. */
function targetKeyOf(house: House, path: string): string | undefined {
  return path in house && !(`${posix.dirname(path)}/` in house) ? path : folderKeyOf(house, path);
}

function folderKeyOf(house: House, path: string): string | undefined {
  const folders = Object.keys(house).filter((key) => key.endsWith("/") && path.startsWith(key));
  return folders.sort((one, other) => other.length - one.length)[0];
}

function mayImport(house: House, key: string, { target, isType }: Import): boolean {
  const targetKey = targetKeyOf(house, target);
  if (targetKey === key) return true;
  return (house[key] ?? []).some((entry) => {
    if (entry === "packages") return !/^(src|generated|scripts|test)\//.test(target);
    const name = entry.replace(/^type /, "");
    if (name !== entry && !isType) return false;
    if (name.endsWith("*")) return target.startsWith(name.slice(0, -1));
    // A line for a folder does not allow what is below the folder and has a line of its own.
    return target === name || (name.endsWith("/") && target.startsWith(name) && (targetKey ?? name) === name);
  });
}

/** Lists imports that the table does not allow. */
export function forbiddenImports(project: Project, house: House): string[] {
  return sourcesIn(project, "src", "scripts").flatMap(([name, source]) => {
    const key = keyOf(house, name);
    if (key === undefined) return [];
    const forbidden = importsOf(name, source).filter((one) => !mayImport(house, key, one));
    return forbidden.map(({ target }) => `${name}: ${target}`);
  });
}

/** Lists the files of `src` whose folder has no line of its own in the table, and the lines that name nothing. */
export function filesWithoutRule({ files }: Project, house: House): string[] {
  const names = [...files.keys()].filter((name) => name.startsWith("src/"));
  const uncovered = names.filter((name) => !(name in house) && !(`${posix.dirname(name)}/` in house));
  const stale = Object.keys(house).filter((key) => ![...files.keys()].some((name) => name.startsWith(key)));
  return [...uncovered.map((name) => `${name}: no rule`), ...stale.map((key) => `${key}: no such file or folder`)];
}

/** Lists circular imports between files, and between the direct children of every folder. */
export function circularImports(project: Project): string[] {
  const sources = sourcesIn(project, "src", "scripts");
  const edges = sources.flatMap(([name, source]) => {
    const targets = new Set(importsOf(name, source).map(({ target }) => target));
    return [...targets].filter((target) => project.sources.has(target)).map((target) => [name, target] as const);
  });
  const folders = new Set(sources.flatMap(([name]) => parentsOf(name)));
  const between = [...folders].sort().flatMap((folder) => {
    const childOf = (name: string) => `${folder}/${name.slice(folder.length + 1).split("/")[0]}`;
    const inside = edges.filter((edge) => edge.every((name) => name.startsWith(`${folder}/`)));
    const children = inside.map(([from, to]) => [childOf(from), childOf(to)] as const);
    return circlesOf(children.filter(([from, to]) => from !== to)).map((circle) => {
      const isInCircle = (name: string) => circle.includes(childOf(name));
      const blamed = inside.filter(([from, to]) => isInCircle(from) && isInCircle(to) && childOf(from) !== childOf(to));
      const list = blamed.map(([from, to]) => `\n    ${from} imports ${to}`);
      return `${folder}: ${circle.map((name) => posix.basename(name)).join(", ")} import one another${list.join("")}`;
    });
  });
  return [...circlesOf(edges).map((circle) => `files: ${circle.join(", ")} import one another`), ...between];
}

function parentsOf(name: string): string[] {
  const parent = posix.dirname(name);
  return parent === "." ? [] : [parent, ...parentsOf(parent)];
}

/** Finds the strongly connected parts of a graph that have more than one member (Tarjan). */
function circlesOf(edges: readonly (readonly [from: string, to: string])[]): string[][] {
  const graph = new Map<string, string[]>();
  for (const [from, to] of edges) graph.set(from, [...(graph.get(from) ?? []), to]);
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): number => {
    const number = numbers.size;
    numbers.set(node, number);
    lowest.set(node, number);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      const reached = numbers.has(next) ? (stack.includes(next) ? numbers.get(next) : undefined) : visit(next);
      lowest.set(node, Math.min(lowest.get(node) ?? number, reached ?? number));
    }
    if (lowest.get(node) === number) {
      const circle = stack.splice(stack.indexOf(node));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return lowest.get(node) ?? number;
  };
  for (const node of graph.keys()) if (!numbers.has(node)) visit(node);
  return circles;
}
