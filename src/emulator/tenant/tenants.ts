import jwt from "jsonwebtoken";
import type { Fetch } from "../http/request.ts";
import type { Change } from "../state/table.ts";
import type { Settings } from "./settings.ts";
import { apiSecretKeyOf, isCallConnectKey, KEY_PREFIX, Tenant } from "./tenant.ts";

/** What all tenants have in common. */
export interface TenantsOptions {
  /** The secret key of the default tenant. */
  readonly apiSecretKey: string;
  readonly settings: Settings;
  /** Gives the address at which the emulator is reached. It may have a path, and has no slash at its end. */
  readonly origin: () => string;
  /** Answers requests to the emulator. */
  readonly fetch: Fetch;
  /** Takes the changes of each transaction of a tenant. */
  readonly commit?: ((apiSecretKey: string, changes: readonly Change[]) => void) | undefined;
}

/** `sk_emulator_` and what makes it one's own. */
const KEY = new RegExp(`^${KEY_PREFIX}[\\w-]{1,100}$`);

/** The tenants of an emulator, by secret key. Each comes into being when its key is used first. */
export class Tenants implements Iterable<Tenant> {
  /** The tenant that is meant when no key is given. */
  readonly default: Tenant;
  readonly #tenants = new Map<string, Tenant>();
  readonly #options: TenantsOptions;

  /** @throws TypeError when the default key is not one of the emulator's. */
  constructor(options: TenantsOptions) {
    this.#options = options;
    this.default = this.of(options.apiSecretKey);
  }

  /**
   * The tenant with a secret key.
   * @throws TypeError when the key is not one of the emulator's.
   */
  of(apiSecretKey: string): Tenant {
    const tenant = this.find(apiSecretKey);
    if (!tenant) {
      throw new TypeError(
        `A secret key of the emulator is ${KEY_PREFIX} and up to 100 letters, digits, _ or -, and not the start of a Call Connect key`,
      );
    }
    return tenant;
  }

  /** The tenant with a Server API secret key; undefined when the key is not one of the emulator's. */
  find(apiSecretKey: string): Tenant | undefined {
    if (typeof apiSecretKey !== "string" || !KEY.test(apiSecretKey) || isCallConnectKey(apiSecretKey)) return undefined;
    const known = this.#tenants.get(apiSecretKey);
    if (known) return known;
    const { settings, origin, fetch, commit } = this.#options;
    const tenant = new Tenant({
      apiSecretKey,
      settings,
      origin,
      fetch,
      commit: (changes) => commit?.(apiSecretKey, changes),
    });
    this.#tenants.set(apiSecretKey, tenant);
    // The default tenant comes first, and its page lists all others.
    const [first = tenant] = this.#tenants.values();
    first.changes.notify();
    return tenant;
  }

  /** The tenant with a Call Connect key; undefined when the key is none. */
  findByCallConnectKey(callConnectKey: string): Tenant | undefined {
    const apiSecretKey = apiSecretKeyOf(callConnectKey);
    return apiSecretKey === undefined ? undefined : this.find(apiSecretKey);
  }

  /** The tenant with an id. */
  withId(tenantId: string | undefined): Tenant | undefined {
    return [...this].find((tenant) => tenant.tenantId === tenantId);
  }

  /** The tenant that the token of an action names. Nothing is believed: the tenant's key has to fit the token. */
  claimedBy(token: string): Tenant | undefined {
    try {
      return this.withId(Object(Object(jwt.decode(token)).other).tenantId);
    } catch {
      return undefined;
    }
  }

  [Symbol.iterator](): Iterator<Tenant> {
    return this.#tenants.values();
  }
}
