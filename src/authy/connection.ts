import type { CallOptions } from "../http/options.ts";
import type { AuthyClient } from "./client.ts";
import type { Settle } from "./settle.ts";

/** What the parts of a client call through. */
export interface Connection {
  readonly client: (call?: CallOptions) => AuthyClient;
  readonly settle: Settle;
}
