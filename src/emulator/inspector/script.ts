import { createHash } from "node:crypto";
import { inspectorScript } from "../../../generated/emulator-assets.ts";

/** The browser script of the inspector, `inspector.js`. */
export const SCRIPT = inspectorScript;

/** The source of the script in a content security policy. */
export const SCRIPT_HASH = `'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;
