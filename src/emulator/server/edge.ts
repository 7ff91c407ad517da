import { getPath } from "hono/utils/url";
import { fieldOf } from "../../platform/fields.ts";
import type { AccessRequest } from "../http/access.ts";
import { HttpError, invalidRequest, toResponse } from "../http/errors.ts";
import { ConnectionReset } from "../http/faults.ts";
import { basePathOf, pathUnder } from "../http/origin.ts";
import { checkAccess } from "./access-check.ts";
import { type AccessRule, findAccessRule } from "./access-policy.ts";

/** The part of an emulator that a server uses. */
export interface ServedEmulator {
  /** The URL of the emulator. It may have a path. */
  readonly origin: string;
  /** The host names of the emulator, beside those of this machine. */
  readonly allowedHosts: readonly string[];
  fetch(request: Request): Promise<Response>;
}

/** The rule of a path that is not served. Like every response, the 404 is sent under the host names of the emulator only. */
const UNKNOWN_PATH: Pick<AccessRule, "hosts" | "webPages"> = { hosts: "own", webPages: "any" };

/**
 * Serves requests that come over a network, for which every rule of the access policy is checked. A request inside the
 * process comes from the program that started the emulator, so fewer rules apply to it.
 * @returns A function that throws a `ConnectionReset` when the connection shall end without a response.
 */
export function serveNetwork(emulator: ServedEmulator): (request: Request) => Promise<Response> {
  const { allowedHosts } = emulator;
  const basePath = basePathOf(emulator.origin);
  return async (request) => {
    const error = checkNetworkRequest(request, basePath, allowedHosts);
    if (error) return toResponse(error);
    try {
      return await emulator.fetch(request);
    } catch (error) {
      if (error instanceof ConnectionReset) throw error;
      if (error instanceof HttpError) return toResponse(error);
      // `fetch` fails only after the emulator was closed. A server in which it is mounted can outlive it.
      return toResponse(new HttpError(503, "closed", `${fieldOf(error, "message")}`));
    }
  };
}

function checkNetworkRequest(
  request: Request,
  basePath: string,
  allowedHosts: readonly string[],
): HttpError | undefined {
  const { username, password } = new URL(request.url);
  if (username !== "" || password !== "") return invalidRequest("The address must not hold a user or a password");
  const pathname = getPath(request);
  const rule = findAccessRule(pathUnder(basePath, pathname) ?? pathname);
  if (rule?.isCheckedInProcess) return undefined;
  const { url, method, headers } = request;
  const sender: AccessRequest = { url, method, header: (name) => headers.get(name) ?? undefined };
  return checkAccess(rule ?? UNKNOWN_PATH, sender, allowedHosts);
}
