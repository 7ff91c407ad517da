type Tree = string | Tree[] | Map<string, Tree>;

/** The limit of nested levels, as for JSON. */
const DEEPEST = 500;

/**
 * Parses a query with names such as `logos[][url]` into a tree of objects, arrays and texts. A repeated name begins the next
 * element of the nearest array; without an array, the last value counts.
 */
export function parseBracketedQuery(query: string): Record<string, unknown> {
  const root = new Map<string, Tree>();
  for (const [name, value] of new URLSearchParams(`?${query}`)) {
    const [key, path] = split(name);
    root.set(key, put(root.get(key), path, value));
  }
  return toObject(root);
}

/** Splits a name into its key and its path. Brackets that do not match are part of the key, which may hold any character. */
function split(name: string): [key: string, path: string[]] {
  const start = name.indexOf("[");
  const path = start !== -1 && name.endsWith("]") ? name.slice(start + 1, -1).split("][") : [];
  return path.length > 0 && path.length < DEEPEST ? [name.slice(0, start), path] : [name, []];
}

/** Returns a node with a value inserted at a path. An empty step leads into an array. A node of another kind is replaced. */
function put(node: Tree | undefined, [step, ...path]: readonly string[], value: string): Tree {
  if (step === undefined) return value;
  if (step === "") {
    const elements = Array.isArray(node) ? node : [];
    const last = elements.at(-1);
    const continues = last !== undefined && !isTaken(last, path);
    elements.splice(continues ? -1 : elements.length, 1, put(continues ? last : undefined, path, value));
    return elements;
  }
  const members = node instanceof Map ? node : new Map<string, Tree>();
  return members.set(step, put(members.get(step), path, value));
}

/** Whether inserting at a path would replace a value. */
function isTaken(node: Tree | undefined, [step, ...path]: readonly string[]): boolean {
  if (node === undefined) return false;
  if (step === "") return !Array.isArray(node);
  return !(step !== undefined && node instanceof Map) || isTaken(node.get(step), path);
}

function toObject(members: Map<string, Tree>): Record<string, unknown> {
  return Object.fromEntries([...members].map(([key, node]) => [key, toPlain(node)]));
}

function toPlain(node: Tree): unknown {
  if (node instanceof Map) return toObject(node);
  return Array.isArray(node) ? node.map(toPlain) : node;
}
