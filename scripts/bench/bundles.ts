import { PROGRAMS, type Size, sizeOf } from "../size.ts";
import { OFFICIAL } from "./clients/contenders.ts";

/** The program whose bundle is measured with both clients. */
export const TRACK = "track";
export const OFFICIAL_TRACK = `${TRACK} with ${OFFICIAL}`;

/** Measures bundles of small programs: those with a budget, and `track` with the official client. */
export async function measureBundles(): Promise<Size[]> {
  const track = PROGRAMS.find(({ program }) => program === TRACK);
  if (!track) throw new Error(`There is no program ${TRACK}`);
  const code = track.code.replace('from "authsignal-ts"', `from "${OFFICIAL}"`);
  const official = { program: OFFICIAL_TRACK, code, platform: "node" } as const;
  return Promise.all([...PROGRAMS, official].map(sizeOf));
}
