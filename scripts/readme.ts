/** Writes texts into README.md between marks such as `<!-- bench -->` and `<!-- /bench -->`. */
import { readFile, writeFile } from "node:fs/promises";

const README = new URL("../README.md", import.meta.url);

/** Puts each text between the marks of its name. */
export async function writeReadme(texts: Readonly<Record<string, string>>): Promise<void> {
  let readme = await readFile(README, "utf8");
  for (const [mark, text] of Object.entries(texts)) readme = putBetween(readme, mark, text);
  await writeFile(README, readme);
}

/** @throws Error when the document does not have both marks, once each and in order. */
export function putBetween(document: string, mark: string, text: string): string {
  const begin = `<!-- ${mark} -->`;
  const end = `<!-- /${mark} -->`;
  const [before, rest, ...others] = document.split(begin);
  const [, after, ...ends] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || others.length > 0 || ends.length > 0) {
    throw new Error(`There is no ${begin} with one ${end} to write between`);
  }
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}
