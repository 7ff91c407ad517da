import { isIPv4 } from "node:net";
import type { HonoRequest } from "hono";
import { Refusal } from "./refusal.ts";

/** A host with or without a port: an IPv6 address in brackets, or what names and IPv4 addresses are made of. */
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;
const LOCALHOST = /^(?:[\w-]+\.)*localhost$/;

/**
 * Whether a host is this machine or one of those that are allowed. Anything that is not plainly a host is not.
 * @param host The value of a `Host` header, with or without a port.
 * @param allowedHosts Names that are allowed beside `localhost`, those under `.localhost`, `127.0.0.0/8` and `[::1]`. Ports
 * and upper case do not matter.
 */
export function isAllowedHost(host: string, allowedHosts: readonly string[]): boolean {
  const name = nameOf(host);
  return name !== undefined && (isThisMachine(name) || allowedHosts.some((allowed) => nameOf(allowed) === name));
}

/** A host without its port, in lower case; undefined when it is none. */
function nameOf(host: string): string | undefined {
  return HOST.exec(host)?.[1]?.toLowerCase();
}

function isThisMachine(name: string): boolean {
  return name === "[::1]" || LOCALHOST.test(name) || (name.startsWith("127.") && isIPv4(name));
}

/**
 * Lets only programs and pages through that call this machine or an allowed host, and that are there themselves.
 * @throws Refusal with 403 `forbidden`.
 */
export function checkSender(req: HonoRequest, allowedHosts: readonly string[]): void {
  const { host } = new URL(req.url);
  for (const name of [host, req.header("host") ?? host]) {
    if (!isAllowedHost(name, allowedHosts)) {
      throw forbidden(
        `${name} is not a host of this emulator. Call it localhost, or add the name to allowedHosts (--allow-host)`,
      );
    }
  }
  const origin = req.header("origin");
  const isForeign = origin !== undefined && !isAllowedHost(/^https?:\/\/(.*)$/.exec(origin)?.[1] ?? "", allowedHosts);
  if (isForeign || req.header("sec-fetch-site") === "cross-site") {
    throw forbidden("Web pages of other sites may not steer the emulator");
  }
}

const forbidden = (description: string) => new Refusal(403, "forbidden", description);
