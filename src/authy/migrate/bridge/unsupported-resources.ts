import type { CallOptions } from "../../../http/options.ts";
import type { AuthyApi } from "../../authy.ts";
import { AuthyResult } from "../../results.ts";
import type * as T from "../../types.ts";
import { BridgePart, connectionOf } from "./connection.ts";
import { notSupported } from "./not-supported.ts";

/** The application. Its counterpart in Authsignal is the tenant. */
export class BridgeApps extends BridgePart implements Pick<AuthyApi["apps"], keyof AuthyApi["apps"]> {
  /** Not supported. */
  async fetch(_request: T.AuditedRequest = {}, _options?: CallOptions): Promise<AuthyResult<T.AppDetailsResult>> {
    return connectionOf(this).run(AuthyResult<T.AppDetailsResult>, notSupported("apps.fetch"));
  }
}

/** The usage of the application. */
export class BridgeStats extends BridgePart implements Pick<AuthyApi["stats"], keyof AuthyApi["stats"]> {
  /** Not supported. */
  async fetch(_request: T.AuditedRequest = {}, _options?: CallOptions): Promise<AuthyResult<T.AppStats>> {
    return connectionOf(this).run(AuthyResult<T.AppStats>, notSupported("stats.fetch"));
  }
}

/** Devices that your own app, built on the Authy SDK, has registered. */
export class BridgeDevices extends BridgePart implements Pick<AuthyApi["devices"], keyof AuthyApi["devices"]> {
  /** Not supported. */
  async delete(_deviceId: number | string, _options?: CallOptions): Promise<AuthyResult<T.Acknowledgement>> {
    return connectionOf(this).run(AuthyResult<T.Acknowledgement>, notSupported("devices.delete"));
  }
}
