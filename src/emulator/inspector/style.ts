import { createHash } from "node:crypto";
import { inspectorStyle } from "../../../generated/emulator-assets.ts";

/** The style sheets of the inspector, one after the other. */
export const STYLE = inspectorStyle;

/** The source of the style sheet in a content security policy. */
export const STYLE_HASH = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;
