import type { Hono } from "hono";
import { cors } from "hono/cors";
import type { operations } from "../../../generated/client-api.ts";
import { routes } from "../../../generated/client-api-data.ts";
import {
  type Body,
  bodies,
  type Parameters,
  parameters,
  type ResponseBody,
  responses,
} from "../../../generated/client-api-validators.js";
import { createEndpoints, type Endpoint } from "../http/endpoint.ts";
import { type EndpointsMount, mountEndpoints } from "../http/serve.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { challenges } from "./challenges.ts";
import { enrollments } from "./enrollments.ts";
import type { ClientApiCaller } from "./handlers.ts";
import { verifications } from "./verifications.ts";

/** The endpoints of the Client API. */
export const clientApi: readonly Endpoint<Tenant, ClientApiCaller>[] = createEndpoints<
  { [Name in keyof operations]: Parameters<Name> },
  { [Name in keyof operations]: Body<Name> },
  { [Name in keyof operations]: ResponseBody<Name> },
  Tenant,
  ClientApiCaller
>({ routes, parameters, bodies, responses, handlers: { ...enrollments, ...challenges, ...verifications } });

/** Serves the Client API. Web pages of any origin may call it, because each call is authorized by a token only. */
export function mountClientApi(
  app: Hono,
  { prefix, identify, fallback }: Omit<EndpointsMount<Tenant, ClientApiCaller>, "endpoints">,
): void {
  const anyOrigin = cors({
    origin: "*",
    allowMethods: ["GET", "POST"],
    allowHeaders: ["authorization", "content-type"],
    exposeHeaders: ["x-request-id", "retry-after"],
  });
  app.use(`${prefix}/client/*`, anyOrigin);
  mountEndpoints(app, { endpoints: clientApi, prefix, identify, fallback });
}

/** Paths that the browser SDK calls and the emulator does not serve, with the names of their features in the SDK. */
const NOT_EMULATED: readonly [path: RegExp, feature: string][] = [
  [/\/(passkey|security-key)(\/|$)/, "passkeys and security keys"],
  [/\/challenge(\/web)?$/, "signing in with a passkey"],
  [/\/qr-code$/, "QR codes"],
];

/** Explains why a path of the Client API is not served; undefined when the browser SDK does not call it either. */
export function whyNotEmulated(path: string): string | undefined {
  const feature = NOT_EMULATED.find(([pattern]) => pattern.test(path))?.[1];
  return (
    feature &&
    `The emulator has no ${feature} in the Client API. Open the url that track gives: its challenge page simulates devices. Or use another method.`
  );
}
