import { PROGRAMS, type Size, sizeOf } from "../size.ts";
import { OFFICIAL } from "./clients/contenders.ts";

/** The program that both clients are bundled with. */
export const TRACK = "track";
export const OFFICIAL_TRACK = `${TRACK} with ${OFFICIAL}`;

/** What small programs weigh: those that have a budget, and the one of `track` with the official client. */
export async function measureBundles(): Promise<Size[]> {
  const track = PROGRAMS.find(({ program }) => program === TRACK);
  if (!track) throw new Error(`There is no program ${TRACK}`);
  const code = track.code.replace('from "authsignal-ts"', `from "${OFFICIAL}"`);
  const official = { program: OFFICIAL_TRACK, code, platform: "node" } as const;
  return Promise.all([...PROGRAMS, official].map(sizeOf));
}
