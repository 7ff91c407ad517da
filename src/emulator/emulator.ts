import { randomUUID } from "node:crypto";
import type { Hono } from "hono";
import { type Kinds, readOptions } from "./http/options.ts";
import { basePathOf, PORTLESS_ORIGIN, readOrigin } from "./http/origin.ts";
import { requirePlatform } from "./http/platform.ts";
import { type Fetch, toRequestData } from "./http/request.ts";
import { createApp } from "./server/app.ts";
import type { Clock } from "./state/clock.ts";
import type { Seed } from "./state/rows.ts";
import { type DataFile, openDataFile } from "./storage/data-file.ts";
import type { Faults } from "./tenant/faults.ts";
import type { Outbox } from "./tenant/outbox.ts";
import type { RequestLog } from "./tenant/requests.ts";
import type { Rules } from "./tenant/rules.ts";
import { type BehaviourOptions, settingsOf } from "./tenant/settings.ts";
import { type EmulatorTenant, KEY_PREFIX, type Snapshot } from "./tenant/tenant.ts";
import { Tenants } from "./tenant/tenants.ts";
import type { Visit } from "./visit/visit.ts";
import { visit } from "./visit/visit.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** The options of `createEmulator`, all optional. */
export interface EmulatorOptions extends BehaviourOptions {
  /** The secret key of the default tenant. Default `"sk_emulator_default"`. */
  apiSecretKey?: string | undefined;
  /** What the default tenant holds at first, unless `dataFile` has stored something already. */
  seed?: Seed | undefined;
  /** A file that keeps everything. It is created when missing. No change is lost after its response, even if the process is killed. */
  dataFile?: string | undefined;
  /** Host names, beside those of this machine and of `origin`, under which it may be reached, such as a container's name. */
  allowedHosts?: readonly string[] | undefined;
  /**
   * The address at which it is mounted in another server, such as `"http://localhost:3000/authsignal"`: see `fetchHandler` and
   * `nodeHandler`. Links and tokens name it. `startEmulator` has its own.
   */
  origin?: string | undefined;
  /** Whether it may start when `NODE_ENV` is `production`. Default false. */
  allowProduction?: boolean | undefined;
}

const DEFAULT_KEY = "sk_emulator_default";

/** The address of an emulator, and what is closed with it. */
export interface Listener {
  /** The address, without a slash at its end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** @throws TypeError when an address cannot be used. */
function mountedAt(origin = PORTLESS_ORIGIN): Listener {
  return { origin: readOrigin(origin), close: () => Promise.resolve() };
}

/**
 * A local Authsignal. Its `fetch` responds to requests as the service would; `rules`, `outbox`, `clock` and the rest are those
 * of its default tenant. Every other secret key is a tenant of its own, with users, rules and a time of its own.
 */
export interface Emulator extends EmulatorTenant, AsyncDisposable {
  /** The address of the inspector, to open in a browser. */
  readonly inspectorUrl: string;
  /** The host names, beside those of this machine, under which it may be reached. */
  readonly allowedHosts: readonly string[];
  /** Opens the challenge page at a `url` of `track`, as a browser without JavaScript would. */
  visit(url: string): Promise<Visit>;
  /**
   * The tenant with a secret key, which begins with `sk_emulator_`; a new one when no key is given.
   * @throws TypeError when the key does not.
   */
  tenant(apiSecretKey?: string): EmulatorTenant;
  /** Closes the emulator. The data file keeps its content. */
  close(): Promise<void>;
}

/** The emulator, with or without a listener. */
export class LocalEmulator implements Emulator {
  readonly #tenants: Tenants;
  readonly #app: Hono;
  readonly #dataFile: DataFile | undefined;
  readonly #listener: Listener;
  readonly #allowedHosts: readonly string[];
  #isClosed = false;
  readonly apiSecretKey: string;
  declare readonly apiUrl: string;

  /** @throws As `createEmulator` does. */
  constructor(given: EmulatorOptions = {}, listener?: Listener) {
    requirePlatform();
    const options = readOptions("createEmulator", given, EMULATOR_OPTIONS);
    const { apiSecretKey = DEFAULT_KEY, seed, dataFile, allowedHosts = [], allowProduction = false } = options;
    if (process.env.NODE_ENV === "production" && !allowProduction) {
      throw new Error(
        "The emulator is for development and tests. NODE_ENV is production: set allowProduction if you mean it.",
      );
    }
    this.#listener = listener ?? mountedAt(options.origin);
    this.#allowedHosts = listener ? allowedHosts : [...allowedHosts, new URL(this.origin).host];
    this.#tenants = new Tenants({
      apiSecretKey,
      settings: settingsOf(options),
      origin: () => this.origin,
      fetch: this.fetch,
      commit: (key, changes) => this.#dataFile?.write(key, changes),
    });
    this.#app = createApp(this.#tenants, this.#allowedHosts, basePathOf(this.origin));
    this.#dataFile = dataFile === undefined ? undefined : openDataFile(dataFile);
    try {
      const isKnown = this.#dataFile?.restore(this.#tenants) ?? false;
      if (seed && !isKnown) this.#tenants.default.import(seed);
    } catch (error) {
      for (const { webhooks } of this.#tenants) void webhooks.close();
      this.#dataFile?.close();
      throw error;
    }
    this.apiSecretKey = apiSecretKey;
    Object.defineProperty(this, "apiUrl", { enumerable: true, get: () => `${this.origin}/v1` });
  }

  get tenantId(): string {
    return this.#tenants.default.tenantId;
  }

  get callConnectSecretKey(): string {
    return this.#tenants.default.callConnectSecretKey;
  }

  get origin(): string {
    return this.#listener.origin;
  }

  get allowedHosts(): readonly string[] {
    return this.#allowedHosts;
  }

  get inspectorUrl(): string {
    return `${this.origin}/`;
  }

  get outbox(): Outbox {
    return this.#tenants.default.outbox;
  }

  get rules(): Rules {
    return this.#tenants.default.rules;
  }

  get clock(): Clock {
    return this.#tenants.default.clock;
  }

  get webhooks(): Webhooks {
    return this.#tenants.default.webhooks;
  }

  get faults(): Faults {
    return this.#tenants.default.faults;
  }

  get requests(): RequestLog {
    return this.#tenants.default.requests;
  }

  readonly fetch: Fetch = async (input, init) => {
    if (this.#isClosed) throw new TypeError("The emulator was closed");
    return this.#app.fetch(toRequestData(input, init));
  };

  visit(url: string): Promise<Visit> {
    return visit(url, { fetch: this.fetch });
  }

  tenant(apiSecretKey = `${KEY_PREFIX}${randomUUID()}`): EmulatorTenant {
    return this.#tenants.of(apiSecretKey);
  }

  totp(userId: string): string {
    return this.#tenants.default.totp(userId);
  }

  export(): Seed {
    return this.#tenants.default.export();
  }

  import(seed: Seed): void {
    this.#tenants.default.import(seed);
  }

  snapshot(): Snapshot {
    return this.#tenants.default.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.#tenants.default.restore(snapshot);
  }

  reset(): void {
    this.#tenants.default.reset();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { outbox, changes } of this.#tenants) {
      outbox.close();
      changes.end();
    }
    await Promise.all([...this.#tenants].map(({ webhooks }) => webhooks.close()));
    await this.#listener.close();
    this.#dataFile?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The allowed kinds of values of each option of `createEmulator`. */
export const EMULATOR_OPTIONS: Kinds<EmulatorOptions> = {
  otp: ["string", "function"],
  defaultOutcome: ["string"],
  strict: ["boolean"],
  limits: ["boolean"],
  singleUseTokens: ["boolean"],
  recoveryCodes: ["boolean"],
  tokenLifetime: ["number", "string"],
  codeLifetime: ["number", "string"],
  accessTokenLifetime: ["number", "string"],
  refreshTokenLifetime: ["number", "string"],
  allowedRedirects: ["list"],
  webhooks: ["object"],
  fetch: ["function"],
  random: ["function"],
  apiSecretKey: ["string"],
  seed: ["object"],
  dataFile: ["string"],
  allowedHosts: ["list"],
  origin: ["string"],
  allowProduction: ["boolean"],
};

/**
 * Creates an emulator without a port, which is reached by its `fetch` only.
 * @throws TypeError that says what to change, when an option cannot be used.
 * @throws Error when `NODE_ENV` is `production`, or when the data file cannot be used.
 */
export function createEmulator(options?: EmulatorOptions): Emulator {
  return new LocalEmulator(options);
}
