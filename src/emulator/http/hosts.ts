import { isIPv4 } from "node:net";

/** A host with or without a port: an IPv6 address in brackets, or the characters of names and IPv4 addresses. */
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;
const LOCALHOST = /^(?:[\w-]+\.)*localhost$/;

/**
 * Whether a host is this machine or an allowed host. False for a text that is not clearly a host.
 * @param host The value of a `Host` header, with or without a port.
 * @param allowedHosts Names that are allowed beside `localhost`, those under `.localhost`, `127.0.0.0/8` and `[::1]`. Ports
 * and upper case do not matter.
 */
export function isAllowedHost(host: string, allowedHosts: readonly string[]): boolean {
  const name = nameOf(host);
  return name !== undefined && (isThisMachine(name) || allowedHosts.some((allowed) => nameOf(allowed) === name));
}

/** The name of a host without its port, in lower case; undefined when the text is no host. */
function nameOf(host: string): string | undefined {
  return HOST.exec(host)?.[1]?.toLowerCase();
}

function isThisMachine(name: string): boolean {
  return name === "[::1]" || LOCALHOST.test(name) || (name.startsWith("127.") && isIPv4(name));
}
