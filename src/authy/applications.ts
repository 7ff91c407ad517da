import type { CallOptions } from "../http/options.ts";
import { auditQuery } from "./checks.ts";
import { AuthyPart, connectionOf } from "./connection.ts";
import { AuthyResult } from "./results.ts";
import type * as T from "./types.ts";

/** The application that the key belongs to. */
export class Apps extends AuthyPart {
  /** Reads the name and the permissions of the application. `GET /protected/json/app/details` */
  async fetch(request: T.AuditedRequest = {}, options?: CallOptions): Promise<AuthyResult<T.AppDetailsResult>> {
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/protected/json/app/details", { params: { query: auditQuery(request) } });
    return toResult(AuthyResult<T.AppDetailsResult>, call);
  }
}

/** The usage of the application. */
export class Stats extends AuthyPart {
  /** Reads the counts of each month, oldest first. `GET /protected/json/app/stats` */
  async fetch(request: T.AuditedRequest = {}, options?: CallOptions): Promise<AuthyResult<T.AppStats>> {
    const { client, toResult } = connectionOf(this);
    const call = client(options).GET("/protected/json/app/stats", { params: { query: auditQuery(request) } });
    return toResult(AuthyResult<T.AppStats>, call);
  }
}
