import { stripVTControlCharacters } from "node:util";
import type { Change } from "./compare.ts";

/** How many places of a change are named before they are only counted. */
const MAX_PLACES = 3;

/** What changes, for a person to read. */
export function report(name: string, changes: readonly Change[]): string {
  if (changes.length === 0) return `Nothing changes for callers of openapi/${name}.yaml.`;
  const breaking = changes.filter(({ isBreaking }) => isBreaking).length;
  const lines = changes.map(({ isBreaking, text, places }) => {
    const more = places.length > MAX_PLACES ? `, and ${places.length - MAX_PLACES} more` : "";
    return `${isBreaking ? "BREAKING" : "ok      "}  ${text}: ${places.slice(0, MAX_PLACES).join(", ")}${more}`;
  });
  const sum = `${breaking} breaking, ${changes.length - breaking} not, compared with openapi/${name}.yaml`;
  return [...lines.map(oneLine), "", sum].join("\n");
}

/** Names in a stranger's file must not steer a terminal. */
function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, "�");
}
