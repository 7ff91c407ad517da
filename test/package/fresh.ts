import { checkBuilt } from "../../scripts/pack.ts";

/** Refuses to test files of dist/ that are older than their sources. */
export default checkBuilt;
