import { fieldOf } from "../../platform/fields.ts";
import type { Fetch } from "../http/request.ts";
import type { Change } from "../state/table.ts";
import { decodeJwt } from "./jwt.ts";
import type { Settings } from "./settings.ts";
import { apiSecretKeyOf, isCallConnectKey, KEY_PREFIX, Tenant } from "./tenant.ts";

/** The options that all tenants share. */
export interface TenantsOptions {
  /** The secret key of the default tenant. */
  readonly apiSecretKey: string;
  readonly settings: Settings;
  /** Returns the address of the emulator. It may have a path, and has no slash at its end. */
  readonly origin: () => string;
  /** Serves requests to the emulator. */
  readonly fetch: Fetch;
  /** Receives the changes of each transaction of a tenant. */
  readonly commit?: ((apiSecretKey: string, changes: readonly Change[]) => void) | undefined;
}

/** The form of a secret key: `sk_emulator_` and a name. */
const KEY = new RegExp(`^${KEY_PREFIX}[\\w-]{1,100}$`);

/** The tenants of an emulator, by secret key. Each is created at the first use of its key. */
export class Tenants implements Iterable<Tenant> {
  /** The tenant that serves calls without a secret key. */
  readonly default: Tenant;
  readonly #tenants = new Map<string, Tenant>();
  readonly #options: TenantsOptions;

  /** @throws TypeError when the default key is not one of the emulator's. */
  constructor(options: TenantsOptions) {
    this.#options = options;
    this.default = this.of(options.apiSecretKey);
  }

  /**
   * Returns the tenant with a secret key.
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

  /** Returns the tenant with a secret key; undefined when the key is not one of the emulator's. */
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
    // The inspector of the default tenant, which is the first one, lists all tenants.
    const [first = tenant] = this.#tenants.values();
    first.changes.notify();
    return tenant;
  }

  /** Returns the tenant with a Call Connect key; undefined for any other text. */
  findByCallConnectKey(callConnectKey: string): Tenant | undefined {
    const apiSecretKey = apiSecretKeyOf(callConnectKey);
    return apiSecretKey === undefined ? undefined : this.find(apiSecretKey);
  }

  /** Returns the tenant with an id; undefined when there is none. */
  findById(tenantId: string | undefined): Tenant | undefined {
    return [...this].find((tenant) => tenant.tenantId === tenantId);
  }

  /** Returns the tenant that the token of an action names. Does not verify the token: only that tenant has its key. */
  findByUnverifiedToken(token: string): Tenant | undefined {
    const tenantId = fieldOf(decodeJwt(token)?.other, "tenantId");
    return typeof tenantId === "string" ? this.findById(tenantId) : undefined;
  }

  [Symbol.iterator](): Iterator<Tenant> {
    return this.#tenants.values();
  }
}
