import { failureNames, requestNames, responseNames } from "../../generated/authy-data.ts";
import { AttemptFailure } from "../http/attempt-failure.ts";
import { routeFinder } from "../http/operation.ts";
import { BufferedResponse } from "../http/response.ts";
import type { Transport } from "../http/transport.ts";
import { fieldsOf } from "./fields.ts";
import { type FieldNames, renameFields } from "./rename-fields.ts";

const namesOfRequest = routeFinder<FieldNames>(requestNames);
const namesOfResponse = routeFinder<FieldNames>(responseNames);

/**
 * Wraps transports so that bodies have snake_case on the network and camelCase in this package.
 * @param redact Removes the key from the body of a failure, which may repeat the request.
 */
export function snakeCaseTransport(
  baseUrl: string,
  redact: (text: string) => string,
): (transport: Transport) => Transport {
  return (transport) => async (url, init) => {
    const { method, body } = init;
    const [path = ""] = url.slice(baseUrl.length).split("?");
    const renamed = body && JSON.stringify(renameFields(JSON.parse(body), namesOfRequest(method, path)));
    const response = await transport(url, { ...init, body: renamed });
    if (response instanceof AttemptFailure) return response;
    const { ok, value, bodyProblem: problem } = response;
    const isFailure = !ok || reportsFailure(value);
    const names = { ...(isFailure && failureNames), ...(ok && namesOfResponse(method, path)) };
    const text = value === undefined ? await response.text() : JSON.stringify(renameFields(value, names));
    return new BufferedResponse(url, response, { text: isFailure ? redact(text) : text, problem });
  };
}

/** Whether the body of a response says `success: false`, as a boolean or as a text. */
export function reportsFailure(value: unknown): boolean {
  const { success } = fieldsOf(value);
  return success === false || success === "false";
}
