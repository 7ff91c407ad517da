import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parse } from "yaml";
import { root } from "./symbols.ts";

/** Returns the broken links of a Markdown file to places of this repository. */
export function brokenLinks(file: string, markdown: string): string[] {
  return linksIn(markdown).filter((link) => {
    const [path = "", fragment] = link.split("#").map(decodeURIComponent);
    if (path === "") return !anchorsIn(markdown).has(`${fragment}`);
    const target = join(root, dirname(file), path);
    if (relative(root, target).startsWith("..") || !existsSync(target)) return true;
    return fragment !== undefined && !hasPlace(target, fragment);
  });
}

/** Returns the targets in this repository of the links and pictures of a Markdown text. */
export function linksIn(markdown: string): string[] {
  const text = withoutCode(markdown);
  const links = [...text.matchAll(/\]\(([^()\s]+)\)|\b(?:href|src|srcset)="([^"\s]+)"/g)];
  return links.map(([, link, attribute]) => link ?? attribute ?? "").filter((link) => !/^[a-z]+:/i.test(link));
}

/** Returns the anchors of a Markdown text on GitHub: those of headings, and explicit ones. */
export function anchorsIn(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutBlocks(markdown).matchAll(/^#+ +(.*)$/gm)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${number}`;
    anchors.add(anchor);
  }
  for (const [, id = ""] of markdown.matchAll(/<a (?:id|name)="([^"]+)">/g)) anchors.add(id);
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\s-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

function hasPlace(target: string, fragment: string): boolean {
  if (!statSync(target).isFile()) return false;
  const text = readFileSync(target, "utf8");
  if (target.endsWith(".md")) return anchorsIn(text).has(fragment);
  return target.endsWith(".yaml") && fragment.startsWith("/") && isAt(parse(text), fragment);
}

/** Whether a JSON Pointer (RFC 6901) resolves in a document. */
function isAt(document: unknown, pointer: string): boolean {
  const keys = pointer.slice(1).split("/");
  let found: unknown = document;
  for (const key of keys.map((one) => one.replaceAll("~1", "/").replaceAll("~0", "~"))) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return false;
    found = Reflect.get(found, key);
  }
  return true;
}

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^( *)(`{3,})[\s\S]*?^\1\2$/gm, "");
}

function withoutCode(markdown: string): string {
  return withoutBlocks(markdown).replace(/`[^`\n]*`/g, "");
}
