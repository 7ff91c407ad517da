import { html } from "hono/html";
import { encode } from "uqr";
import type { Challenge } from "../state/rows.ts";
import { totpOf } from "../tenant/totp.ts";
import type { Html } from "./layout.ts";

/** Renders the steps that add a user to an authenticator app; undefined for a challenge of another method. */
export function appSetupOf({ otpUri }: Challenge): { heading: string; content: Html } | undefined {
  const secret = otpUri === undefined ? undefined : totpOf(otpUri)?.secret.base32;
  if (otpUri === undefined || secret === undefined) return undefined;
  return {
    heading: "Set up your authenticator app",
    content: html`<p>Scan this QR code with your authenticator app, then enter the code from the app.</p>
${qrCode(otpUri)}
<p>Or enter this key: <code class="secret" data-secret="${secret}">${inGroupsOfFour(secret)}</code></p>
<p><a class="quiet" href="${otpUri}" data-link="otpauth">Open an app on this device</a></p>`,
  };
}

function inGroupsOfFour(text: string): string {
  return text.replaceAll(/.{4}(?=.)/g, "$& ");
}

/** Renders a QR code as SVG. Its path draws a unit square for each dark module. */
function qrCode(text: string): Html {
  const { data, size } = encode(text);
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code for the authenticator app" shape-rendering="crispEdges"><path fill="currentColor" d="${squares.join("")}"/></svg>`;
}
