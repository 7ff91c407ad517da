import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { compile, useConsumers } from "./consumer.ts";
import { optionalInputs } from "./optional-inputs.ts";
import { optionsOf, type PublicTypes, publicTypesOf } from "./public-types.ts";
import { copiesOf, stubsOf, usesOf } from "./type-programs.ts";

// The types of the package, as strict projects see them.

const { install } = useConsumers();
let project: string;
let types: PublicTypes;

beforeAll(async () => {
  project = await install("exact-optional", { nodeTypes: true });
  types = publicTypesOf(project);
});

/** What openapi-fetch declares. */
const NARROW = ["AuthsignalClient.use", "Middleware"].flatMap((name) =>
  ["onError", "onRequest", "onResponse"].map((hook) => `${name}.${hook}`),
);

/** What the compiler says of files of the project, a sentence for each complaint, with the line that it is about. */
function complaints(
  files: readonly string[],
  options: ts.CompilerOptions = {},
  emitted?: Map<string, string>,
): string[] {
  const program = ts.createProgram(
    files.map((file) => join(project, file)),
    optionsOf(project, options),
  );
  const emit = emitted && program.emit(undefined, (name, text) => emitted.set(name, text), undefined, true);
  return [...ts.getPreEmitDiagnostics(program), ...(emit?.diagnostics ?? [])].map(
    ({ file, start, messageText, code }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, " ").slice(0, 300);
      if (!file || start === undefined) return `TS${code}: ${text}`;
      const { line } = file.getLineAndCharacterOfPosition(start);
      return `TS${code}: ${file.text.split("\n")[line]?.trim().slice(0, 160)}: ${text}`;
    },
  );
}

test("what callers have, which may be undefined, compiles with exact optional properties", async () => {
  expect(await compile(project, ["-p", "tsconfig.json"])).toBe("");
});

test("every optional property of every input may be undefined", () => {
  const { narrow, wide } = optionalInputs(types);
  expect(wide).toEqual(
    expect.arrayContaining(["CallOptions.signal", "StepUpStart.attributes", "EmulatorOptions.seed"]),
  );
  expect(narrow).toEqual(NARROW);
});

test("declarations of a use of every export can be emitted, and compile again", async () => {
  await writeFile(join(project, "uses.mts"), usesOf(types));
  const emitted = new Map<string, string>();
  const options = { declaration: true, emitDeclarationOnly: true, noEmit: false };
  expect(complaints(["uses.mts"], options, emitted)).toEqual([]);
  const [declarations = ""] = emitted.values();
  expect(declarations).toContain("export declare const use1:");
  await writeFile(join(project, "emitted.d.mts"), declarations);
  expect(complaints(["emitted.d.mts"])).toEqual([]);
});

test("the types of the imported and of the required copy fit each other", async () => {
  const { required, imported, names } = copiesOf(types);
  await writeFile(join(project, "required.cts"), required);
  await writeFile(join(project, "imported.mts"), imported);
  const wrong = complaints(["imported.mts"]).map((one) => /(?:take|give)_\w+/.exec(one)?.[0] ?? one);
  expect(names.length).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

test("a class with the members of a client implements it, without a cast", async () => {
  await writeFile(join(project, "stubs.mts"), stubsOf(types));
  expect(complaints(["stubs.mts"])).toEqual([]);
});
