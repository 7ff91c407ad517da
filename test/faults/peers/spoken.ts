import type { Fault } from "../fault.ts";
import { response } from "../responses.ts";
import type { Step } from "../script.ts";

/** The fault of a response without a content type. */
const UNTYPED = "200 of no type";

/**
 * Adapts a fault to a service: a success has the content type JSON, which some clients need, and an error whose body the
 * catalogue leaves open has the shape of this service.
 */
export function spoken(fault: Fault, error: object): Fault {
  const { script, name } = fault;
  if (!script || name === UNTYPED) return fault;
  return { ...fault, script: (scene) => script(scene).map((step) => spokenStep(step, error)) };
}

function spokenStep(step: Step, error: object): Step {
  if (typeof step !== "string" && !(step instanceof Uint8Array)) return step;
  const bytes = Buffer.from(step);
  const text = bytes.subarray(0, 1_000).toString("latin1");
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const [start = "", status = ""] = text.match(/^HTTP\/\d\.\d (\d{3})\b[^\r\n]*\r?\n/) ?? [];
  if (body === "{}" && status >= "400") {
    const kept = head.split("\r\n").filter((line, index) => index > 0 && !line.startsWith("content-length:"));
    return response(start.slice("HTTP/1.1 ".length).trim(), JSON.stringify(error), ...kept);
  }
  if (!status.startsWith("2") || /\ncontent-type:/.test(head)) return step;
  return Buffer.concat([Buffer.from(`${start}content-type: application/json\r\n`), bytes.subarray(start.length)]);
}
