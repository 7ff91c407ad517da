import { createHash } from "node:crypto";
import { popupScript } from "../../../generated/emulator-assets.ts";

/** The browser script of a page in a popup, `popup.js`. */
export const SCRIPT = popupScript;

/** The source of the script in a content security policy. */
export const SCRIPT_SOURCE = `'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;
