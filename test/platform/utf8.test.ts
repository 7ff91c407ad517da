import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as util from "node:util";
import { createContext, runInContext } from "node:vm";
import { buildSync } from "esbuild";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../src/platform/utf8.ts";

const root = join(import.meta.dirname, "../..");
const { outputFiles } = buildSync({
  stdin: {
    contents: readFileSync(join(root, "src/platform/utf8.ts"), "utf8"),
    resolveDir: join(root, "src/platform"),
    loader: "ts",
  },
  bundle: true,
  write: false,
  format: "iife",
  globalName: "utf8",
});

/** Evaluates code with the helpers in a realm with these globals and no others. */
function inRealm(globals: object, code: string): unknown {
  return runInContext(`${outputFiles[0]?.text}; ${code}`, createContext(globals));
}

/** As in Jest's jsdom environment: Node's process, but neither class. */
const jsdom = { process: { getBuiltinModule: (name: string) => (name === "node:util" ? util : undefined) } };

describe("encodeUtf8", () => {
  test("encodes any text as Buffer does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect([...encodeUtf8(text)]).toEqual([...Buffer.from(text)]);
      }),
    );
  });

  test("turns half of a surrogate pair into U+FFFD", () => {
    expect(Buffer.from(encodeUtf8("a\ud800b")).toString("hex")).toBe("61efbfbd62");
  });

  test("works without TextEncoder, and gives bytes of its own realm", () => {
    const code = 'const bytes = utf8.encodeUtf8("é\\ud800"); [bytes instanceof Uint8Array, ...bytes].join()';
    expect(inRealm(jsdom, code)).toBe("true,195,169,239,191,189");
  });

  test("says what to set where there is no encoder at all", () => {
    expect(() => inRealm({}, 'utf8.encodeUtf8("a")')).toThrow(
      "This runtime has no TextEncoder. Set globalThis.TextEncoder to one before you call.",
    );
  });
});

describe("decodeUtf8", () => {
  test("gives back any well-formed text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(decodeUtf8(Buffer.from(text), { fatal: true })).toBe(text.replace(/^\ufeff/, ""));
      }),
    );
  });

  test("drops a byte order mark", () => {
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), { fatal: true })).toBe("a");
  });

  test("throws at other bytes only when asked to", () => {
    expect(() => decodeUtf8(Uint8Array.of(0x61, 0xff), { fatal: true })).toThrow(TypeError);
    expect(decodeUtf8(Uint8Array.of(0x61, 0xff), { fatal: false })).toBe("a\ufffd");
  });

  test("works without TextDecoder", () => {
    expect(inRealm(jsdom, "utf8.decodeUtf8(Uint8Array.of(195, 169), { fatal: true })")).toBe("é");
    expect(() => inRealm(jsdom, "utf8.decodeUtf8(Uint8Array.of(255), { fatal: true })")).toThrow();
  });
});
