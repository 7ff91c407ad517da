import type { CallOptions } from "../http/options.ts";
import { deviceIdOf } from "./checks.ts";
import { AuthyPart, connectionOf } from "./connection.ts";
import { AuthyResult } from "./results.ts";
import type * as T from "./types.ts";

/** Devices that your own app, built on the Authy SDK, has registered. */
export class Devices extends AuthyPart {
  /** Deletes a device. `DELETE /protected/json/sdk/devices/{device_id}` */
  async delete(deviceId: number | string, options?: CallOptions): Promise<AuthyResult<T.Acknowledgement>> {
    const params = { path: { device_id: deviceIdOf(deviceId) } };
    const { client, toResult } = connectionOf(this);
    const call = client(options).DELETE("/protected/json/sdk/devices/{device_id}", { params });
    return toResult(AuthyResult<T.Acknowledgement>, call);
  }
}
