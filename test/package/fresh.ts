import { checkBuilt } from "../../scripts/pack.ts";

/** Fails when files of dist/ are older than their sources. */
export default checkBuilt;
