import type { CallOptions } from "../../../http/options.ts";
import type { AuthyApi } from "../../authy.ts";
import { AuthyResult } from "../../results.ts";
import type * as T from "../../types.ts";
import { BridgePart, connectionOf } from "./connection.ts";
import { notSupported } from "./not-supported.ts";

/** The application, which Authsignal knows as a tenant. */
export class BridgeApps extends BridgePart implements Pick<AuthyApi["apps"], keyof AuthyApi["apps"]> {
  /** Not supported. */
  async fetch(_request: T.AuditedRequest = {}, _options?: CallOptions): Promise<AuthyResult<T.AppDetailsResult>> {
    return connectionOf(this).carry(AuthyResult<T.AppDetailsResult>, notSupported("apps.fetch"));
  }
}

/** How much the application was used. */
export class BridgeStats extends BridgePart implements Pick<AuthyApi["stats"], keyof AuthyApi["stats"]> {
  /** Not supported. */
  async fetch(_request: T.AuditedRequest = {}, _options?: CallOptions): Promise<AuthyResult<T.AppStats>> {
    return connectionOf(this).carry(AuthyResult<T.AppStats>, notSupported("stats.fetch"));
  }
}

/** Devices of an app of your own, built on the Authy SDK. */
export class BridgeDevices extends BridgePart implements Pick<AuthyApi["devices"], keyof AuthyApi["devices"]> {
  /** Not supported. */
  async delete(_deviceId: number | string, _options?: CallOptions): Promise<AuthyResult<T.Acknowledgement>> {
    return connectionOf(this).carry(AuthyResult<T.Acknowledgement>, notSupported("devices.delete"));
  }
}
