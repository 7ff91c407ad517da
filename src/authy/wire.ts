import { answerNames, failureNames, requestNames } from "../../generated/authy-data.ts";
import { AttemptFailure } from "../http/attempt-failure.ts";
import { routeFinder } from "../http/operation.ts";
import { BufferedResponse } from "../http/response.ts";
import type { Transport } from "../http/transport.ts";
import { fieldsOf } from "./fields.ts";
import { type Names, rename } from "./names.ts";

const namesOfRequest = routeFinder<Names>(requestNames);
const namesOfAnswer = routeFinder<Names>(answerNames);

/**
 * Makes a transport speak snake_case to the network, while everything above it speaks camelCase.
 * @param redact Takes the key out of a refusal, which may repeat what it was sent.
 */
export function snakeCaseWire(baseUrl: string, redact: (text: string) => string): (transport: Transport) => Transport {
  return (transport) => async (url, init) => {
    const { method, body } = init;
    const [path = ""] = url.slice(baseUrl.length).split("?");
    const renamed = body && JSON.stringify(rename(JSON.parse(body), namesOfRequest(method, path)));
    const answer = await transport(url, { ...init, body: renamed });
    if (answer instanceof AttemptFailure) return answer;
    const { ok, value, problem } = answer;
    const isRefusal = !ok || isDenial(value);
    const names = { ...(isRefusal && failureNames), ...(ok && namesOfAnswer(method, path)) };
    const text = value === undefined ? await answer.text() : JSON.stringify(rename(value, names));
    return new BufferedResponse(url, answer, { text: isRefusal ? redact(text) : text, problem });
  };
}

/** Whether an answer says itself that it is no success. The word comes as a text, too. */
export function isDenial(value: unknown): boolean {
  const { success } = fieldsOf(value);
  return success === false || success === "false";
}
