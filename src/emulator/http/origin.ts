/** The origin of an emulator without a port and without the option `origin`. No request is ever sent there. */
export const PORTLESS_ORIGIN = "http://emulator.localhost";

/** A path without characters that can also be written as escapes. */
const PLAIN_PATH = /^(\/[\w.~-]+)*$/;

/**
 * Checks the option `origin`: the URL of the emulator, which may have a path. Returns the URL without a slash at its end.
 * @throws TypeError that says what to change, when the option cannot be used.
 */
export function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const path = url?.pathname.replace(/\/$/, "") ?? "";
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && !/[?#@\\]/.test(text) && PLAIN_PATH.test(path);
  if (!isPlain) {
    throw new TypeError(
      `origin must be the address at which the emulator is mounted, such as "http://localhost:3000/authsignal": http or https, and no query, fragment, user or escapes. It is ${JSON.stringify(text)}`,
    );
  }
  if (/^\/v1(\/|$)|\/v1$/.test(path)) {
    throw new TypeError(`origin must not have a path with /v1, which is added to it: leave it out of ${text}`);
  }
  return url.origin + path;
}

/** Returns the path of the option `origin`, with which links to pages begin: empty, or such as `/authsignal`. */
export function basePathOf(origin: string): string {
  return new URL(origin).pathname.replace(/\/$/, "");
}

/** Returns the rest of a path after the base path, such as `/v1/users`; undefined when the path is not below the base path. */
export function pathUnder(basePath: string, path: string): string | undefined {
  if (path === basePath) return "/";
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined;
}
