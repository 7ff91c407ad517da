import { createHash } from "node:crypto";
import { bodies } from "../../../generated/emulator-validators.js";
import type { Fetch } from "../http/request.ts";
import { describeProblems } from "../http/validation.ts";
import { Changes } from "../state/changes.ts";
import { type Clock, TenantClock } from "../state/clock.ts";
import type { Seed } from "../state/rows.ts";
import { State } from "../state/state.ts";
import type { Change } from "../state/table.ts";
import { Timelines } from "../state/timelines.ts";
import { TenantWebhooks, type Webhooks } from "../webhooks/webhooks.ts";
import { type Faults, TenantFaults } from "./faults.ts";
import { type Outbox, TenantOutbox } from "./outbox.ts";
import { Quotas } from "./quotas.ts";
import { type RequestLog, TenantRequests } from "./requests.ts";
import { type RuleOptions, type Rules, TenantRules } from "./rules.ts";
import { exportState, importState } from "./seed.ts";
import type { Settings } from "./settings.ts";
import { Tokens } from "./tokens.ts";
import { totpOf } from "./totp.ts";

/** The prefix of all secret keys of the emulator. Keys of the service never begin with it. */
export const KEY_PREFIX = "sk_emulator_";
const CALL_CONNECT_PREFIX = `${KEY_PREFIX}connect_`;

/** Returns the Call Connect key of the tenant with a secret key. */
export function callConnectKeyOf(apiSecretKey: string): string {
  return apiSecretKey.replace(KEY_PREFIX, CALL_CONNECT_PREFIX);
}

/** Returns the secret key of the tenant with a Call Connect key; undefined for any other text. */
export function apiSecretKeyOf(callConnectKey: string): string | undefined {
  if (!isCallConnectKey(callConnectKey)) return undefined;
  return callConnectKey.replace(CALL_CONNECT_PREFIX, KEY_PREFIX);
}

/** Whether a key is a Call Connect key. It is no secret key of the Server API then. */
export function isCallConnectKey(key: string): boolean {
  return key.startsWith(CALL_CONNECT_PREFIX);
}

const SNAPSHOT = Symbol("snapshot");

/** The state of a tenant at one moment, for `restore`. It has no readable content: `export` returns that. */
export interface Snapshot {
  /** Marks snapshots for the type checker. */
  readonly [SNAPSHOT]: true;
}

/** The content of a snapshot. */
interface SnapshotContent {
  readonly state: Seed;
  readonly rules: readonly RuleOptions[];
}

const snapshots = new WeakMap<Snapshot, SnapshotContent>();

/** The options of a tenant, which the emulator sets. */
export interface TenantOptions {
  readonly apiSecretKey: string;
  readonly settings: Settings;
  /** Returns the address of the emulator. It may have a path, and has no slash at its end. */
  readonly origin: () => string;
  /** Serves requests to the emulator. */
  readonly fetch: Fetch;
  /** Receives the changes of each transaction, e.g. to write them to a file. */
  readonly commit?: ((changes: readonly Change[]) => void) | undefined;
}

/**
 * A tenant of Authsignal: each secret key has users of its own. It can be passed to a client whole, or as a copy, because
 * `apiSecretKey`, `apiUrl` and `fetch` are its only own properties that are enumerable: `new Authsignal({ ...tenant })`.
 */
export interface EmulatorTenant {
  /** The Server API secret key. It begins with `sk_emulator_`. */
  readonly apiSecretKey: string;
  /** The key for Call Connect. */
  readonly callConnectSecretKey: string;
  /** A UUID that is derived from the secret key: the same key has the same id. */
  readonly tenantId: string;
  /** The address of the Server API, for `new Authsignal({ apiUrl })`. */
  readonly apiUrl: string;
  /**
   * Serves a request without a port: pass it as the `fetch` of a client, with `apiUrl` as its address. It takes the same
   * arguments as the global `fetch`.
   * @throws TypeError when a fault resets the connection, as any fetch does.
   */
  readonly fetch: (input: Request | URL | string, init?: RequestInit) => Promise<Response>;
  /** The address of Call Connect, the pages and the control API. It has no slash at its end. */
  readonly origin: string;
  /** The clock. */
  readonly clock: Clock;
  /** The rules that decide actions. */
  readonly rules: Rules;
  /** The messages that the service would send. */
  readonly outbox: Outbox;
  /** The events that your application receives. */
  readonly webhooks: Webhooks;
  /** Faults of calls. */
  readonly faults: Faults;
  /** The last requests, and their responses. */
  readonly requests: RequestLog;
  /**
   * Returns the code that the authenticator app of a user shows, by the tenant's clock.
   * @throws TypeError when the user has enrolled no app.
   */
  totp(userId: string): string;
  /** Returns everything that the tenant holds, as a seed. The functions of rules are left out; elsewhere their rules never apply. */
  export(): Seed;
  /**
   * Replaces everything that the tenant holds by a seed.
   * @throws TypeError that names what does not fit the schema. Nothing is changed then.
   */
  import(seed: Seed): void;
  /** Returns a snapshot for `restore`. It holds neither faults nor the request log, and a running clock keeps running. */
  snapshot(): Snapshot;
  /** Restores a snapshot. @throws TypeError for any other value. */
  restore(snapshot: Snapshot): void;
  /** Deletes everything, faults and request log included; the clock shows real time again. */
  reset(): void;
}

/** A tenant, with what only the emulator needs. */
export class Tenant implements EmulatorTenant {
  readonly apiSecretKey: string;
  declare readonly apiUrl: string;
  readonly fetch: Fetch;
  readonly callConnectSecretKey: string;
  readonly tenantId: string;
  readonly settings: Settings;
  readonly state: State;
  readonly tokens: Tokens;
  readonly quotas: Quotas;
  readonly clock: TenantClock;
  readonly rules: TenantRules;
  readonly outbox: TenantOutbox;
  readonly faults: TenantFaults;
  readonly changes = new Changes();
  readonly requests = new TenantRequests(() => this.changes.notify());
  readonly timeline: Timelines;
  readonly webhooks: TenantWebhooks;
  readonly #origin: () => string;

  constructor({ apiSecretKey, settings, origin, fetch, commit }: TenantOptions) {
    this.apiSecretKey = apiSecretKey;
    this.fetch = fetch;
    this.callConnectSecretKey = callConnectKeyOf(apiSecretKey);
    this.tenantId = uuidOf(apiSecretKey);
    this.settings = settings;
    this.#origin = origin;
    this.state = new State((changes) => {
      commit?.(changes);
      this.changes.notify();
    });
    this.clock = new TenantClock(this.state, () => this.webhooks.requestFlush());
    this.tokens = new Tokens(this.state, this.clock, {
      secretKey: apiSecretKey,
      tenantId: this.tenantId,
      issuer: () => this.apiUrl,
      tokenLifetime: settings.tokenLifetime,
    });
    this.quotas = new Quotas(this.state, this.clock, settings.limits);
    this.rules = new TenantRules(this.state, settings.defaultOutcome);
    this.outbox = new TenantOutbox(this.state);
    this.faults = new TenantFaults(settings.random, () => this.changes.notify());
    this.timeline = new Timelines(this.state, () => this.now());
    this.webhooks = new TenantWebhooks({
      tenantId: this.tenantId,
      apiSecretKey,
      state: this.state,
      clock: this.clock,
      timeline: this.timeline,
      settings,
    });
    for (const name of Object.keys(this)) {
      if (name !== "apiSecretKey" && name !== "fetch") Object.defineProperty(this, name, { enumerable: false });
    }
    Object.defineProperty(this, "apiUrl", { enumerable: true, get: () => `${this.origin}/v1` });
  }

  get origin(): string {
    return this.#origin();
  }

  /** Returns the current time, in ISO 8601, as rows hold it. */
  now(): string {
    return this.clock.timestamp();
  }

  /** Returns the time some milliseconds from now, in ISO 8601, as rows hold it. */
  later(milliseconds: number): string {
    return this.clock.timestamp(milliseconds);
  }

  /** Whether the time of a row has been reached. */
  isPast(time: string): boolean {
    return this.clock.isPast(time);
  }

  totp(userId: string): string {
    const otpUri = this.state.authenticators.of(userId).findLast((row) => row.otpUri !== undefined)?.otpUri;
    const totp = otpUri === undefined ? undefined : totpOf(otpUri);
    if (!totp) throw new TypeError(`${userId} has enrolled no authenticator app`);
    return totp.generate({ timestamp: this.clock.milliseconds });
  }

  export(): Seed {
    return exportState(this.state);
  }

  import(seed: Seed): void {
    if (!bodies.importState(seed)) throw new TypeError(describeProblems(bodies.importState.errors ?? [], "seed"));
    importState(this.state, seed, () => this.now());
    this.outbox.resolveWaiting();
    this.webhooks.requestFlush();
  }

  snapshot(): Snapshot {
    const snapshot: Snapshot = { [SNAPSHOT]: true };
    snapshots.set(snapshot, { state: this.export(), rules: this.rules.listWithFunctions() });
    return snapshot;
  }

  restore(snapshot: Snapshot): void {
    const content = snapshots.get(snapshot);
    if (!content) throw new TypeError("restore takes what snapshot gave. import takes a seed");
    this.state.transaction(() => {
      this.import(content.state);
      this.rules.replace(content.rules);
    });
  }

  reset(): void {
    this.state.transaction(() => {
      this.rules.clear();
      this.import({});
    });
    this.faults.clear();
    this.requests.clear();
  }
}

/** Returns the UUID of a text (version 8, RFC 9562). */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
