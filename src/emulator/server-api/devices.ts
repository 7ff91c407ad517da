import { notFound } from "../http/errors.ts";
import type { Device } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { ServerApiHandlers } from "./handlers.ts";

export const devices: Pick<ServerApiHandlers, "getDevices" | "updateDevice" | "invalidateDevice"> = {
  getDevices({ path: { userId } }, tenant) {
    return tenant.state.devices.of(userId);
  },

  updateDevice({ path: { userId, deviceId }, body }, tenant) {
    const { rememberedUntil: _before, ...device } = existing(tenant, userId, deviceId);
    const { rememberedUntil } = body;
    return tenant.state.devices.put(rememberedUntil === null ? device : { ...device, rememberedUntil });
  },

  invalidateDevice({ path: { userId, deviceId } }, tenant) {
    const { rememberedUntil: _before, ...device } = existing(tenant, userId, deviceId);
    return tenant.state.devices.put({ ...device, invalidatedAt: tenant.now() });
  },
};

function existing({ state }: Tenant, userId: string, deviceId: string): Device {
  const device = state.devices.get(userId, deviceId);
  if (!device) throw notFound("The user has no such device.");
  return device;
}
