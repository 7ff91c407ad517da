import { answerNames, failureNames, requestNames } from "../../generated/authy-data.ts";
import { Answer, readWhole } from "../http/answer.ts";
import { routeFinder } from "../http/operation.ts";
import type { Transport } from "../http/transport.ts";
import { type Names, rename } from "./names.ts";

const namesOfRequest = routeFinder<Names>(requestNames);
const namesOfAnswer = routeFinder<Names>(answerNames);

/** Makes a transport speak snake_case to the network, while everything above it speaks camelCase. */
export function snakeCaseWire(baseUrl: string): (transport: Transport) => Transport {
  return (transport) => async (url, init) => {
    const { method, body } = init;
    const [path = ""] = url.slice(baseUrl.length).split("?");
    const renamed = body && JSON.stringify(rename(JSON.parse(body), namesOfRequest(method, path)));
    const answer = await readWhole(await transport(url, { ...init, body: renamed }), url);
    const { ok, value, problem } = answer;
    if (value === undefined) return answer;
    const text = JSON.stringify(rename(value, ok ? namesOfAnswer(method, path) : failureNames));
    return new Answer(url, answer, { text, problem });
  };
}
