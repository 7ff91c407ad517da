import type { CallOptions } from "../http/options.ts";
import { audited } from "./checks.ts";
import { AuthyPart, connectionOf } from "./connection.ts";
import { AuthyResult } from "./results.ts";
import type * as T from "./types.ts";

/** The application that the key belongs to. */
export class Apps extends AuthyPart {
  /** Reads what the application is called and may do. `GET /protected/json/app/details` */
  async fetch(request: T.AuditedRequest = {}, options?: CallOptions): Promise<AuthyResult<T.AppDetailsResult>> {
    const { client, settle } = connectionOf(this);
    const call = client(options).GET("/protected/json/app/details", { params: { query: audited(request) } });
    return settle(AuthyResult<T.AppDetailsResult>, call);
  }
}

/** How much the application was used. */
export class Stats extends AuthyPart {
  /** Reads the counts of each month, oldest first. `GET /protected/json/app/stats` */
  async fetch(request: T.AuditedRequest = {}, options?: CallOptions): Promise<AuthyResult<T.AppStats>> {
    const { client, settle } = connectionOf(this);
    const call = client(options).GET("/protected/json/app/stats", { params: { query: audited(request) } });
    return settle(AuthyResult<T.AppStats>, call);
  }
}
