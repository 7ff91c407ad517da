import { apiCompare, type Diff } from "api-smart-diff";
import { type Description, isObject } from "./read.ts";
import { type Action, type Breaks, RULES, type Rule, type Side } from "./rules.ts";

/** One change, with all its places. */
export interface Change {
  readonly isBreaking: boolean;
  /** One readable line, such as "field `email` removed". */
  readonly text: string;
  /** The places, such as `GET /users/{userId} 200`. */
  readonly places: readonly string[];
}

interface Seen {
  readonly change: Omit<Change, "places">;
  readonly place: string;
}

/** The prefix of the routes of events, which api-smart-diff compares as operations. */
const EVENT = "webhook ";

/** Lists the changes for programs between two specs: breaking changes first, then by their text. Descriptions are ignored. */
export function compare(before: Description, after: Description): Change[] {
  const { diffs, merged } = apiCompare(withEvents(before), withEvents(after));
  const places = new Map<string, { change: Seen["change"]; places: Set<string> }>();
  for (const { change, place } of joinRenames(diffs).flatMap((diff) => seenOf(diff, merged))) {
    const key = `${change.isBreaking} ${change.text}`;
    const entry = places.get(key) ?? { change, places: new Set() };
    entry.places.add(place);
    places.set(key, entry);
  }
  return [...places.values()]
    .map((entry) => ({ ...entry.change, places: [...entry.places].sort() }))
    .sort((a, b) => Number(b.isBreaking) - Number(a.isBreaking) || (a.text < b.text ? -1 : 1));
}

/** Reduces a spec to its operations and events. A schema is compared where it is used. */
function withEvents({ webhooks, paths, openapi, components }: Description) {
  const events = Object.entries(webhooks).map(([name, item]) => [EVENT + name, item] as const);
  return { openapi, components, paths: { ...paths, ...Object.fromEntries(events) } };
}

interface Found extends Pick<Diff, "path" | "before" | "after"> {
  readonly action: Action;
  readonly newName?: string;
}

/** Joins a removed field and a similar added field of the same place into one change. */
function joinRenames(diffs: readonly Diff[]): Found[] {
  const plain = diffs.flatMap(({ path, action, before, after }) =>
    action === "rename" ? [] : [{ path, action, before, after }],
  );
  const taken = new Set<Found>();
  const renamed = plain.map((gone) => {
    if (gone.action !== "remove" || gone.path.at(-2) !== "properties") return gone;
    const came = plain.filter(
      (one) =>
        one.action === "add" &&
        !taken.has(one) &&
        JSON.stringify(one.path.slice(0, -1)) === JSON.stringify(gone.path.slice(0, -1)) &&
        JSON.stringify(one.after) === JSON.stringify(gone.before),
    );
    const [only, ...others] = came;
    if (!only || others.length > 0) return gone;
    taken.add(only);
    return { ...gone, newName: String(only.path.at(-1)) };
  });
  return renamed.filter((one) => !taken.has(one));
}

function seenOf(diff: Found, merged: unknown): Seen[] {
  const [root, route, verb, ...rest] = diff.path.map(String);
  if (root !== "paths" || route === undefined) return [];
  if (verb === undefined) {
    const item = diff.action === "add" ? diff.after : diff.before;
    return Object.keys(isObject(item) ? item : {}).flatMap((key) =>
      seenOf({ ...diff, path: [root, route, key] }, merged),
    );
  }
  const place = rest.map((key) => key.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
  const rule = RULES.find(({ at }) => at.test(place));
  if (rule?.what === "text") return [];
  const side = sideOf(route, rest);
  const isBreaking = rule === undefined || breaks(rule.breaks[diff.action], side, diff, merged);
  const operation = route.startsWith(EVENT) ? route : `${verb.toUpperCase()} ${route}`;
  const text = [textOf(rule, place, diff), within(rest, merged, diff)].filter(Boolean).join(" ");
  return [
    { change: { isBreaking, text }, place: [operation, rest[0] === "responses" ? rest[1] : ""].join(" ").trim() },
  ];
}

function sideOf(route: string, [part]: readonly string[]): Side {
  return route.startsWith(EVENT) || part === "responses" ? "received" : "sent";
}

function breaks(breaking: Breaks, side: Side, diff: Found, merged: unknown): boolean {
  switch (breaking) {
    case "always":
      return true;
    case "never":
      return false;
    case "required":
      return diff.after === true || (isObject(diff.after) && diff.after.required === true);
    case "closed":
      return side === "received" && !isOpen(diff.path, merged);
    default:
      return breaking === side;
  }
}

/** Whether one of the alternatives around a place allows other values. */
function isOpen(path: Diff["path"], merged: unknown): boolean {
  return path.some((key, index) => {
    const alternatives = key === "anyOf" || key === "oneOf" ? valueAt(path.slice(0, index + 1), merged) : [];
    return Array.isArray(alternatives) && alternatives.some((one) => isObject(one) && one["x-other-values"] === true);
  });
}

function valueAt(path: Diff["path"], merged: unknown): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value ? Reflect.get(value, key) : undefined),
    merged,
  );
}

const DONE = { add: "added", remove: "removed", replace: "changed" } as const;

function textOf(rule: Rule | undefined, place: string, { action, before, after, newName }: Found): string {
  const words = rule?.what.replace(/\$(\d)/g, (_, group) => rule.at.exec(place)?.[Number(group)] ?? "") ?? place;
  const what = words.replaceAll("~1", "/").replaceAll("~0", "~");
  if (newName !== undefined) return `${what} renamed to ${newName}`;
  const value = action === "remove" ? before : after;
  if (action === "replace") return `${what} changed from ${short(before)} to ${short(after)}`;
  if (isObject(value) && typeof value.name === "string")
    return `${what} ${value.name} ${DONE[action]}${value.required ? " (required)" : ""}`;
  if (typeof value !== "object") return `${what} ${short(value)} ${DONE[action]}`;
  if (isObject(value) && typeof value.operationId === "string") return `${what} ${value.operationId} ${DONE[action]}`;
  return `${what} ${DONE[action]}`;
}

/** Names the parent of a place: a parameter, or a field with its parent fields. */
function within(rest: readonly string[], merged: unknown, { path }: Found): string {
  const fields = rest.flatMap((key, index) => {
    if (index === rest.length - 1) return [];
    if (rest[index - 1] === "properties") return [key];
    return key === "items" && rest[index - 1] !== "properties" ? ["[]"] : [];
  });
  if (rest[0] === "parameters" && rest.length > 2) {
    const parameter = valueAt(path.slice(0, 5), merged);
    if (isObject(parameter)) fields.unshift(`parameter ${parameter.name}`);
  }
  return fields.length > 0 ? `in ${fields.join(".").replaceAll(".[]", "[]")}` : "";
}

/** Makes untrusted text safe: one line, no control characters, limited length. */
function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
