import { join } from "node:path";
import ts from "typescript";
import { expect, expectTypeOf, it } from "vitest";
import type { CallbackRequest } from "../../src/authy/callback.ts";
import type { WebhookHeaders, WebhookPayload, WebhookRequest } from "../../src/webhook/index.ts";

it.each([false, true])(
  "the requests of frameworks and of Lambda are taken without casts, with exactOptionalPropertyTypes %s",
  (exactOptionalPropertyTypes) => {
    const file = join(import.meta.dirname, "../support/webhook/shapes.ts");
    const root = join(import.meta.dirname, "../..");
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const program = ts.createProgram([file], { ...options, exactOptionalPropertyTypes });
    const problems = program.getSemanticDiagnostics(program.getSourceFile(file));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  },
);

it("what is refused at run time does not compile", () => {
  expectTypeOf<{ headers: Record<string, string>; body: { parsed: true } }>().not.toExtend<WebhookRequest>();
  expectTypeOf<{ body: string }>().not.toExtend<WebhookRequest>();
  expectTypeOf<{ parsed: true }>().not.toExtend<WebhookPayload>();
  expectTypeOf<number[]>().not.toExtend<WebhookPayload>();
  expectTypeOf<Blob>().not.toExtend<WebhookPayload>();
  expectTypeOf<number>().not.toExtend<WebhookHeaders>();
  expectTypeOf<{ headers: Record<string, string>; body: { parsed: true } }>().not.toExtend<CallbackRequest>();
});
