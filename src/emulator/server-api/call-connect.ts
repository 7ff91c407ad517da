import { conflict, invalidRequest, notFound, requireFilled, tooManyRequests } from "../http/errors.ts";
import { withDefaults } from "../state/defaults.ts";
import { simulatedFailureOf } from "../tenant/recipients.ts";
import type { CallConnectHandlers } from "./handlers.ts";

/** The channel that the real service was seen to use when none is given. */
const DEFAULT_CHANNEL = "WHATSAPP";

export const calls: CallConnectHandlers = {
  startCall({ body }, tenant) {
    const { channel = DEFAULT_CHANNEL, referenceId, phoneNumber, email, userId, username, actionCode, locale } = body;
    requireFilled({ referenceId });
    const to = channel === "EMAIL" ? email : phoneNumber;
    if (!to) throw invalidRequest(`body.${channel === "EMAIL" ? "email" : "phoneNumber"} is required for ${channel}`);
    const existing = tenant.state.calls.get(referenceId);
    if (existing?.finishedAt) throw conflict("The call has already been finished.");
    const simulated = simulatedFailureOf(to);
    if (simulated === "rate-limited") throw tooManyRequests(`Too many messages were sent to ${to}.`, 60_000);
    if (simulated === "undeliverable") {
      const error = "delivery_failed";
      return { error, errorCode: error, errorDescription: `The message to ${to} could not be delivered.` };
    }
    const contact = channel === "EMAIL" ? { email: to } : { phoneNumber: to };
    const {
      messageId,
      createdAt,
      actionCode: action,
    } = tenant.state.calls.put(
      withDefaults.call(
        { referenceId, channel, userId, username, actionCode: actionCode ?? "call", ...contact },
        tenant.now(),
      ),
    );
    tenant.outbox.add({
      messageId,
      channel,
      to,
      action,
      createdAt,
      ...(userId && { userId }),
      ...(locale && { locale }),
    });
    return { messageId, channel, ...contact };
  },

  finishCall({ body }, tenant) {
    const { referenceId, state, userId, payload } = body;
    const call = tenant.state.calls.get(referenceId);
    if (!call) throw notFound("No call was started under this referenceId.");
    if (call.finishedAt) throw conflict("The call has already been finished.");
    tenant.state.calls.put({
      ...call,
      state,
      finishedAt: tenant.now(),
      ...(userId && { userId }),
      ...(payload && { payload }),
    });
    return { success: true };
  },
};
