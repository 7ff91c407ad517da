import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readEntries } from "../../scripts/docs/entries.ts";
import { anchorsIn, brokenLinks, linksIn } from "./markdown.ts";
import { root } from "./symbols.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

const pages = readdirSync(join(root, "generated/reference")).map((name) => `generated/reference/${name}`);
const documents = ["README.md", ".github/CONTRIBUTING.md", "CHANGELOG.md", "api.md", "llms.txt", ...pages];

describe("a link", () => {
  it.each(documents)("in %s leads to an existing file, heading or place in a spec", (file) => {
    expect(brokenLinks(file, read(file))).toEqual([]);
  });

  it("is reported when its file, heading or place does not exist", () => {
    const good = [
      "[a](README.md)",
      "[a](../README.md#errors)",
      "[a](#here)",
      "[a](../openapi/authsignal.yaml#/paths/~1verify/post)",
    ];
    expect(brokenLinks("test/x.md", `# Here\n${good.join("\n")}`)).toEqual(["README.md"]);
    const bad = [
      "none.md",
      "README.md#nowhere",
      "#nowhere",
      "openapi/authsignal.yaml#/paths/~1none/post",
      "openapi#/paths",
      "../README.md",
    ];
    const markdown = `# Here\n\`[code](none.md)\` [\`a\`](none.md) \`b\`\n${bad.map((link) => `[a](${link})`).join("\n")}`;
    expect(brokenLinks("x.md", markdown)).toEqual(["none.md", ...bad]);
  });

  it("may lead to a heading that occurs twice or has punctuation", () => {
    const markdown = '# `ok()`, twice?\n\n# `ok()`, twice?\n\n```sh\n# no heading\n```\n\n<a id="set"></a>';
    expect([...anchorsIn(markdown)]).toEqual(["ok-twice", "ok-twice-1", "set"]);
  });
});

describe("llms.txt", () => {
  it("links every page of the reference and every public spec, and names every entry", async () => {
    const text = read("llms.txt");
    const links = linksIn(text);
    expect(links).toEqual(expect.arrayContaining(["api.md", ...pages.filter((page) => !page.endsWith("/README.md"))]));
    for (const name of ["authsignal", "call-connect", "authy", "emulator"])
      expect(links).toContain(`openapi/${name}.yaml`);
    for (const { specifier } of await readEntries()) expect(text).toContain(`[${specifier}]`);
  });

  it("has a title, a summary, and lists of links, each with a description", () => {
    const [title, empty, summary] = read("llms.txt").split("\n");
    expect([title, empty]).toEqual(["# authsignal-ts", ""]);
    expect(summary).toMatch(/^> \S/);
    const lists = read("llms.txt")
      .split(/^## .*$/m)
      .slice(1);
    const items = lists.flatMap((list) => list.split("\n").filter((line) => line.startsWith("-")));
    expect(items.length).toBeGreaterThan(15);
    expect(items.filter((item) => !/^- \[.+?\]\(\S+?\).*: \S/.test(item))).toEqual([]);
  });
});
