import type { HttpError } from "./errors.ts";

/** The parts of a request that access rules read. */
export interface AccessRequest {
  readonly url: string;
  readonly method: string;
  header(name: string): string | undefined;
}

/** The access rule of one part of the emulator. The server passes it; the part responds to its errors in its own format. */
export interface AccessGuard {
  /** Returns the error of a request that its sender may not make; undefined when the request may be served. */
  check(request: AccessRequest): HttpError | undefined;
  /** Returns the error of a body whose content type is not accepted. */
  checkContentType(request: AccessRequest): HttpError | undefined;
}
