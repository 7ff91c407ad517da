import { strict as assert } from "node:assert";
import fc from "fast-check";
import { LATE, UNREACHABLE } from "./codes.ts";
import { kind } from "./command.ts";
import { email } from "./population.ts";
import { answered, plain } from "./world.ts";

const call = fc.constantFrom("call-1", "call-2");
const channel = fc.constantFrom("SMS", "WHATSAPP", "EMAIL", undefined);
const callPhone = fc.constantFrom("+64270000000", UNREACHABLE, LATE);

export const startCall = kind(
  "start call",
  ["startCall"],
  fc.record({ referenceId: call, channel, phoneNumber: callPhone, email }),
  async ({ tenant, world, name }, { channel, phoneNumber, email, referenceId }) => {
    const known = tenant.calls.find((one) => one.referenceId === referenceId);
    const contact = channel === "EMAIL" ? { email } : { phoneNumber };
    const request = { referenceId, channel, ...contact };
    const answer = await answered(world.calls(name).startCall(request), known?.isFinished ? 409 : 200);
    if (!answer) return;
    const isSent = channel === "EMAIL" || phoneNumber !== UNREACHABLE;
    assert.equal(answer.errorCode, isSent ? undefined : "delivery_failed");
    if (isSent && !known) tenant.calls.push({ referenceId, isFinished: false });
    if (isSent) assert.equal(world.tenant(name).outbox.last()?.messageId, answer.messageId);
  },
);

export const finishCall = kind(
  "finish call",
  ["finishCall"],
  fc.record({ referenceId: call, state: fc.constantFrom("CHALLENGE_SUCCEEDED", "CHALLENGE_FAILED") }),
  async ({ tenant, world, name }, request) => {
    const known = tenant.calls.find(({ referenceId }) => referenceId === request.referenceId);
    const status = known ? (known.isFinished ? 409 : 200) : 404;
    const answer = await answered(world.calls(name).finishCall(request), status);
    if (answer && known) known.isFinished = true;
    if (answer) assert.deepEqual(answer, plain({ success: true }));
  },
);
