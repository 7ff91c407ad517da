import { stripVTControlCharacters } from "node:util";
import type { Change } from "./compare.ts";

/** The number of places of a change that are named; others are counted. */
const MAX_PLACES = 3;

/** Formats changes as readable text. */
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

/** Escapes control characters, so that untrusted names cannot control a terminal. */
function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, "�");
}
