import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

/** What is written by hand and read by people. */
const PLACES = [
  ...["src", "scripts", "test", "openapi", ".changeset", ".ci", ".github"],
  ...["README.md", "CHANGELOG.md", "llms.txt", "Makefile", "package.json", "tsdown.config.ts", "vitest.config.ts"],
];

/** Words that have no place here, and the field's words for them, which CONTRIBUTING.md lists. */
const FORBIDDEN = [
  /\b(nobody|somebody|whoever)\b/gi,
  /\b(verdicts?|patience|mend(s|ed|ing)?)\b/gi,
  /\b(loss of|build road|road for|light (request|headers))\b/gi,
  /enrol(?!l)[a-z]*/gi,
];

/** Public names of earlier versions, which are deprecated, and one that the API itself spells like this. */
const PUBLIC =
  /\b(enrolAuthenticator|EnrolAuthenticatorRequest|enrol_authenticator|onEnrolmentFailure|isEnrolment|isEnroled|Visit\.enrol|enrol(?=\()|(?<=")enrol(?=", "enroll"\])|(?<=`)enrol(?=`))\b/g;

function filesIn(place: string): string[] {
  if (statSync(join(root, place)).isFile()) return [place];
  const names = readdirSync(join(root, place), { recursive: true, encoding: "utf8" });
  const paths = names.map((name) => join(place, name)).filter((path) => statSync(join(root, path)).isFile());
  return paths.filter((path) => !/node_modules|package-lock\.json$/.test(path) && extname(path) !== ".png");
}

/** Makes words of the parts of names: `buildRoad`, `build_road` and `build-road` are read as two words. */
function wordsOf(line: string): string {
  return line
    .replace(PUBLIC, "")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[_-]/g, " ");
}

function forbiddenIn(file: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) => {
    const words = wordsOf(line);
    const found = FORBIDDEN.flatMap((pattern) => [...words.matchAll(pattern)].map(([word]) => word));
    return found.map((word) => `${file}:${index + 1} ${word}`);
  });
}

it("uses no word that the glossary replaces", () => {
  const files = PLACES.flatMap(filesIn).filter((file) => join(root, file) !== import.meta.filename);
  expect(files.length).toBeGreaterThan(600);
  expect(files.flatMap((file) => forbiddenIn(file, readFileSync(join(root, file), "utf8")))).toEqual([]);
});

it("finds a forbidden word in prose and in every form of a name, and lets public names pass", () => {
  const text = [
    "// Nobody mends it.",
    "const finalVerdict = lossOf(PATIENCE_MS);",
    "recommend, amend, enroll, enrolled, enrolAuthenticator, visit.enrol(), patient, the light requests",
    `"enrol" is-enrolled re-enrol enrolment LightRequest`,
    "The API spells isEnroled, Visit.enrol and `enrol` so.",
  ].join("\n");
  expect(forbiddenIn("a.ts", text)).toEqual([
    "a.ts:1 Nobody",
    "a.ts:1 mends",
    "a.ts:2 Verdict",
    "a.ts:2 PATIENCE",
    "a.ts:2 loss Of",
    "a.ts:4 Light Request",
    "a.ts:4 enrol",
    "a.ts:4 enrol",
    "a.ts:4 enrolment",
  ]);
});
