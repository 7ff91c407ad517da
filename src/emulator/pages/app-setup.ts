import { html } from "hono/html";
import { encode } from "uqr";
import type { Challenge } from "../state/rows.ts";
import { totpOf } from "../tenant/totp.ts";
import type { Html } from "./layout.ts";

/** What there is to do before an authenticator can be confirmed for the first time; undefined where there is nothing. */
export function appSetupOf({ otpUri }: Challenge): { heading: string; content: Html } | undefined {
  const secret = otpUri === undefined ? undefined : totpOf(otpUri)?.secret.base32;
  if (otpUri === undefined || secret === undefined) return undefined;
  return {
    heading: "Set up your authenticator app",
    content: html`<p>Scan this with your authenticator app, then enter the code that it shows.</p>
${qrCode(otpUri)}
<p>Or enter this key: <code class="secret" data-secret="${secret}">${secret.replaceAll(/.{4}(?=.)/g, "$& ")}</code></p>
<p><a class="quiet" href="${otpUri}" data-link="otpauth">Open it in an app on this device</a></p>`,
  };
}

/** A QR code as a drawing, in which each dark square is a move and a unit square. */
function qrCode(text: string): Html {
  const { data, size } = encode(text);
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code for the authenticator app" shape-rendering="crispEdges"><path fill="currentColor" d="${squares.join("")}"/></svg>`;
}
