import { operations } from "../../generated/authsignal-data.ts";
import { AuthsignalError } from "../../src/errors.ts";
import { operationFinder } from "../../src/http/operation.ts";
import { firstSuccess, operationNamed } from "../contract/spec.ts";
import { json, serve, type TestServer } from "../support/server.ts";

const REFUSAL = { error: "unauthorized", errorCode: "unauthorized", errorDescription: "The key is not known." };

/** Answers every call with the first example of the spec, but for the user `nobody`, about whom it answers with a 401. */
export function exampleServer(): Promise<TestServer> {
  const find = operationFinder({ name: "Examples", operations, Failure: AuthsignalError });
  return serve((response, { method, path }) => {
    const operation = find(method, path.split("?")[0] ?? "");
    const name = Object.entries(operations).find(([, one]) => one === operation)?.[0];
    if (name === undefined) return json(response, 404, { message: "Not Found" });
    if (path.endsWith("/nobody")) return json(response, 401, REFUSAL);
    const { status, body } = firstSuccess(operationNamed(name));
    return body === undefined ? response.writeHead(status).end() : json(response, status, body);
  });
}
