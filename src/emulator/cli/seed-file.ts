import { readFile } from "node:fs/promises";
import { bodies } from "../../../generated/emulator-validators.js";
import { validated } from "../http/validation.ts";
import type { Seed } from "../state/rows.ts";
import { checkSeed } from "../tenant/seed.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** @throws Error that says what is wrong with the file, and where. */
export async function readSeed(file: string): Promise<Seed> {
  const value = parse(await read(file), file);
  try {
    const seed = validated(bodies.importState, value, "seed", true);
    checkSeed(seed);
    return seed;
  } catch (error) {
    throw new Error(`${file} is no seed: ${Object(error).message}`);
  }
}

async function read(file: string): Promise<string> {
  try {
    return decoder.decode(await readFile(file));
  } catch (error) {
    const { code, message } = Object(error);
    const reasons = new Map<unknown, string>([
      ["ENOENT", "there is no such file"],
      ["EISDIR", "it is a folder"],
      ["EACCES", "it may not be read"],
      ["ERR_ENCODING_INVALID_ENCODED_DATA", "it is not UTF-8"],
    ]);
    throw new Error(`Cannot read the seed ${file}: ${reasons.get(code) ?? message}`);
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = String(Object(error).message);
    const position = positionOf(problem, text);
    throw new Error(`${file} is not JSON${position}: ${problem.replace(/ (in JSON )?at position .*| \(line .*/, "")}`);
  }
}

/** Where a text stops being JSON, as far as the problem tells. */
function positionOf(problem: string, text: string): string {
  const offset = problem.includes("end of JSON") ? text.length : /at position (\d+)/.exec(problem)?.[1];
  if (offset === undefined) return "";
  const lines = text.slice(0, Number(offset)).split("\n");
  return `, line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
}
