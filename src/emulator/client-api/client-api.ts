import type { Hono } from "hono";
import { cors } from "hono/cors";
import type { operations } from "../../../generated/client-api.ts";
import { routes } from "../../../generated/client-api-data.ts";
import {
  type Answer,
  answers,
  type Body,
  bodies,
  type Parameters,
  parameters,
} from "../../../generated/client-api-validators.js";
import { createEndpoints, type Endpoint } from "../http/endpoint.ts";
import { mountEndpoints } from "../http/serve.ts";
import type { Tenants } from "../tenant/tenants.ts";
import { identifyByToken, type Visitor } from "./caller.ts";
import { challenges } from "./challenges.ts";
import { enrollments } from "./enrollments.ts";
import { verifications } from "./verifications.ts";

/** The operations of the Client API. */
export const clientApi: readonly Endpoint<[visitor: Visitor]>[] = createEndpoints<
  { [Name in keyof operations]: Parameters<Name> },
  { [Name in keyof operations]: Body<Name> },
  { [Name in keyof operations]: Answer<Name> },
  [visitor: Visitor]
>({ routes, parameters, bodies, answers, handlers: { ...enrollments, ...challenges, ...verifications } });

/**
 * Serves the Client API. Web pages of any origin may call it, because nothing but the token in their hands opens it.
 * @param prefix What comes before the paths, such as `/v1`.
 */
export function mountClientApi(app: Hono, tenants: Tenants, prefix: string): void {
  const anyOrigin = cors({
    origin: "*",
    allowMethods: ["GET", "POST"],
    allowHeaders: ["authorization", "content-type"],
    exposeHeaders: ["x-request-id", "retry-after"],
  });
  app.use(`${prefix}/client/*`, anyOrigin);
  mountEndpoints(app, { endpoints: clientApi, prefix, identify: identifyByToken(tenants), fallback: tenants.default });
}

/** What the browser SDK calls and the emulator does not have, in the words of those who use the SDK. */
const NOT_EMULATED: readonly [path: RegExp, words: string][] = [
  [/\/(passkey|security-key)(\/|$)/, "passkeys and security keys"],
  [/\/challenge(\/web)?$/, "signing in with a passkey"],
  [/\/qr-code$/, "QR codes"],
];

/** Why nothing is served at a path of the Client API; undefined where nobody expects anything. */
export function whyNotEmulated(path: string): string | undefined {
  const words = NOT_EMULATED.find(([pattern]) => pattern.test(path))?.[1];
  return (
    words &&
    `The emulator has no ${words} in the Client API. Open the url that track gives: its challenge page simulates devices. Or use another method.`
  );
}
