import { notFound } from "../http/errors.ts";
import { withDefaults } from "../state/defaults.ts";
import type { Action, Device } from "../state/rows.ts";
import type { RuleContext } from "../tenant/rules.ts";
import type { Tenant } from "../tenant/tenant.ts";

/** @throws HttpError with 404 when the user has no such device. */
export function requireDevice({ state }: Tenant, userId: string, deviceId: string): Device {
  const device = state.devices.get(userId, deviceId);
  if (!device) throw notFound("The user has no such device.");
  return device;
}

/**
 * Returns the device of an action as the rules get it; undefined when the action names none. A device that the action names
 * for the first time is stored.
 */
export function ensureRuleDevice(tenant: Tenant, { userId, deviceId }: Action): RuleContext["device"] {
  if (deviceId === undefined) return undefined;
  const { devices } = tenant.state;
  const device = devices.get(userId, deviceId) ?? devices.put(withDefaults.device({ userId, deviceId }, tenant.now()));
  const { rememberedUntil } = device;
  const isTrusted = isAuthenticated(device);
  return {
    ...device,
    // A device is new until its user has passed a challenge on it, and again after it was invalidated.
    isNew: !isTrusted,
    isRemembered: isTrusted && rememberedUntil !== undefined && !tenant.isPast(rememberedUntil),
  };
}

/** Records that the user of an action has authenticated on the device of the action. */
export function markDeviceAuthenticated(tenant: Tenant, { userId, deviceId, verificationMethod }: Action): void {
  const device = deviceId === undefined ? undefined : tenant.state.devices.get(userId, deviceId);
  if (device) {
    tenant.state.devices.put({ ...device, authenticatedAt: tenant.now(), lastVerificationMethod: verificationMethod });
  }
}

function isAuthenticated({ authenticatedAt, invalidatedAt }: Device): boolean {
  if (authenticatedAt === undefined) return false;
  return invalidatedAt === undefined || Date.parse(invalidatedAt) < Date.parse(authenticatedAt);
}
