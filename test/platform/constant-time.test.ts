import { expect, it } from "vitest";
import { isEqualInConstantTime } from "../../src/platform/constant-time.ts";

/** A text that counts how often it is looked into. */
function counted(text: string) {
  const places: number[] = [];
  const candidate = {
    length: text.length,
    charCodeAt(place: number): number {
      places.push(place);
      return text.charCodeAt(place);
    },
  };
  return { candidate, places };
}

const EXPECTED = "wGmGqTTyfLUqg0rRwbvpxgHn1WmcGVrvKGCyV2vJr0Y";
const PLACES = Array.from(EXPECTED, (_character, place) => place);

it.each([
  ["is the same", EXPECTED, true],
  ["differs at its start", `x${EXPECTED.slice(1)}`, false],
  ["differs at its end", `${EXPECTED.slice(0, -1)}x`, false],
  ["differs everywhere", "=".repeat(EXPECTED.length), false],
  ["is shorter", EXPECTED.slice(0, 3), false],
  ["is longer", `${EXPECTED}${EXPECTED}`, false],
  ["is empty", "", false],
])("a signature that %s is looked at in all places", (_kind, text, isRight) => {
  const { candidate, places } = counted(text);
  expect(Reflect.apply(isEqualInConstantTime, undefined, [EXPECTED, candidate])).toBe(isRight);
  expect(places).toEqual(PLACES);
});
