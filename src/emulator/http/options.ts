/** The kind of the value of an option. */
export type Kind = "boolean" | "function" | "list" | "number" | "object" | "string";

/** The options of a function with the allowed kinds of each value; `any` where the function checks the value itself. */
export type Kinds<Options> = { readonly [Name in keyof Required<Options>]: readonly Kind[] | "any" };

/**
 * Reads options. Only own properties count, so that additions to `Object.prototype` are no options. An undefined option
 * counts as left out.
 * @param taker The name of the function that takes them.
 * @throws TypeError that says what to change, when an option is unknown or of the wrong kind.
 */
export function readOptions<Options extends object>(taker: string, options: Options, kinds: Kinds<Options>): Options {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`The options of ${taker} must be an object: leave them out, or pass { ${listOf(kinds)} }`);
  }
  const known = new Map<string, readonly Kind[] | "any">(Object.entries(kinds));
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const allowed = known.get(name);
    if (!allowed) throw new TypeError(`${taker} has no option ${name}.${hint(name, kinds)}`);
    if (allowed === "any" || allowed.some((kind) => kind === kindOf(value))) continue;
    throw new TypeError(`${name} must be ${allowed.join(" or ")}, not ${kindOf(value)}`);
  }
  return Object.assign(Object.create(null), Object.fromEntries(given));
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

function hint(name: string, kinds: object): string {
  const meant = similar(name, Object.keys(kinds));
  return `${meant === undefined ? "" : ` Did you mean ${meant}?`} There are ${listOf(kinds)}`;
}

function listOf(kinds: object): string {
  return Object.keys(kinds).join(", ");
}

/** How many letters of a name may be wrong for a suggestion. */
const MAX_TYPING_ERRORS = 2;

/** Returns the option name that is similar to an unknown name; undefined when there is none. */
function similar(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, "");
  const distances = names.map((one) => ({ one, distance: distanceOf(plain(one), plain(name)) }));
  const [nearest] = distances.sort((left, right) => left.distance - right.distance);
  return nearest && nearest.distance <= MAX_TYPING_ERRORS ? nearest.one : undefined;
}

/** The Levenshtein distance of two texts: how many letters must be added, left out or replaced. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let place = 1; place <= to.length; place += 1) {
      const replaced = (row[place - 1] ?? 0) + (to[place - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[place] ?? 0) + 1, (next[place - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
