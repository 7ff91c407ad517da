import type { CallOptions } from "../http/options.ts";
import { ClientPart } from "../naming.ts";
import { deviceIdOf } from "./checks.ts";
import type { Connection } from "./connection.ts";
import { AuthyResult } from "./results.ts";
import type * as T from "./types.ts";

/** Devices that were registered by an app of your own, built on the Authy SDK. */
export class Devices extends ClientPart {
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection) {
    super();
    this.#connection = connection;
  }

  /** Deletes a device. `DELETE /protected/json/sdk/devices/{device_id}` */
  async delete(deviceId: number | string, options?: CallOptions): Promise<AuthyResult<T.Acknowledgement>> {
    const params = { path: { device_id: deviceIdOf(deviceId) } };
    const { client, settle } = this.#connection;
    const call = client(options).DELETE("/protected/json/sdk/devices/{device_id}", { params });
    return settle(AuthyResult<T.Acknowledgement>, call);
  }
}
