import { requireDevice } from "../domain/devices.ts";
import type { ServerApiHandlers } from "./handlers.ts";

export const devices: Pick<ServerApiHandlers, "getDevices" | "updateDevice" | "invalidateDevice"> = {
  getDevices({ path: { userId } }, tenant) {
    return tenant.state.devices.of(userId);
  },

  updateDevice({ path: { userId, deviceId }, body }, tenant) {
    const { rememberedUntil: _before, ...device } = requireDevice(tenant, userId, deviceId);
    const { rememberedUntil } = body;
    return tenant.state.devices.put(rememberedUntil === null ? device : { ...device, rememberedUntil });
  },

  invalidateDevice({ path: { userId, deviceId } }, tenant) {
    const { rememberedUntil: _before, ...device } = requireDevice(tenant, userId, deviceId);
    return tenant.state.devices.put({ ...device, invalidatedAt: tenant.now() });
  },
};
