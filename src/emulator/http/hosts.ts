import { isIPv4 } from "node:net";
import { forbidden } from "./errors.ts";

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

/** What is asked about a request. */
export interface Sender {
  readonly url: string;
  header(name: string): string | undefined;
}

/**
 * Lets only requests through that are meant for this machine or an allowed host.
 * @throws HttpError with 403 `forbidden`.
 */
export function checkHost(request: Sender, allowedHosts: readonly string[]): void {
  const { host } = new URL(request.url);
  for (const name of [host, request.header("host") ?? host]) {
    if (!isAllowedHost(name, allowedHosts)) {
      throw forbidden(
        `${name} is not a host of this emulator. Call it localhost, or add the name to allowedHosts (--allow-host)`,
      );
    }
  }
}

/** Whether a request comes from a web page that is neither on this machine nor on an allowed host. */
export function isForeign(request: Sender, allowedHosts: readonly string[]): boolean {
  const origin = request.header("origin");
  if (request.header("sec-fetch-site") === "cross-site") return true;
  return origin !== undefined && !isAllowedHost(/^https?:\/\/(.*)$/.exec(origin)?.[1] ?? "", allowedHosts);
}

/**
 * Lets only programs and pages through that call this machine or an allowed host, and that are there themselves.
 * @throws HttpError with 403 `forbidden`.
 */
export function checkSender(request: Sender, allowedHosts: readonly string[]): void {
  checkHost(request, allowedHosts);
  if (isForeign(request, allowedHosts)) throw forbidden("Web pages of other sites may not steer the emulator");
}
