import { BODIES } from "./catalogue/bodies.ts";
import { CONNECTIONS } from "./catalogue/connections.ts";
import { FRAMING } from "./catalogue/framing.ts";
import { STATUSES } from "./catalogue/statuses.ts";
import { TLS } from "./catalogue/tls.ts";
import type { Fault } from "./fault.ts";

/** Everything that goes wrong between a client and a service, each once. */
export const FAULTS: readonly Fault[] = [...CONNECTIONS, ...FRAMING, ...STATUSES, ...BODIES, ...TLS];
