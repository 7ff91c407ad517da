/** The latest figures. They are kept, so that one part can be measured without the others. */
import { readFile, writeFile } from "node:fs/promises";
import type { Size } from "../size.ts";
import type { Contender } from "./clients/contenders.ts";
import type { Figures as CallFigures } from "./clients/measure.ts";
import type { FirstCall, Format } from "./first-call.ts";
import type { Installed } from "./install.ts";
import type { Spread } from "./spread.ts";
import type { TypeCheck } from "./types.ts";

/** The records have the names of the measured programs as keys. */
export interface Figures {
  readonly machine: { readonly node: string; readonly cores: number };
  /** The versions of the packages that are compared. */
  readonly versions: Readonly<Record<string, string>>;
  readonly calls: Readonly<Record<keyof Contender, Readonly<Record<string, CallFigures>>>>;
  readonly firstCall: Readonly<Record<Format, Readonly<Record<string, FirstCall>>>>;
  readonly bundles: readonly Size[];
  readonly install: Readonly<Record<string, Installed>>;
  readonly types: Readonly<Record<string, TypeCheck>>;
  readonly emulator: Readonly<Record<string, Spread>>;
}

const FILE = new URL("./figures.json", import.meta.url);

export async function readFigures(): Promise<Figures> {
  return JSON.parse(await readFile(FILE, "utf8"));
}

/** Writes the figures with four digits, which is more than their precision. */
export async function writeFigures(figures: Figures): Promise<void> {
  const rounded = (_key: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  await writeFile(FILE, `${JSON.stringify(figures, rounded, 2)}\n`);
}
