import { operations, routes } from "../../generated/authsignal-data.ts";
import { routeFinder } from "../../src/http/operation.ts";
import { firstSuccess, operationNamed } from "../contract/spec.ts";
import { json, serve, type TestServer } from "./server.ts";

/** A key that the server does not know. */
export const UNKNOWN_KEY = "sk_of_another_region";

const REFUSAL = {
  error: "unauthorized",
  errorCode: "unauthorized",
  errorDescription:
    "The request is unauthorized. Check that your API key and region base URL are correctly configured.",
};

/** Answers every call with the first example of the spec, unless it comes with the unknown key. */
export function exampleServer(): Promise<TestServer> {
  const find = routeFinder(operations);
  return serve((response, { method, path, headers }) => {
    const operation = find(method, path.split("?")[0] ?? "");
    const route = Object.entries(operations).find(([, one]) => one === operation)?.[0];
    const name = Object.entries(routes).find(([, one]) => one === route)?.[0];
    if (name === undefined) return json(response, 404, { message: "Not Found" });
    const [key] = Buffer.from(headers.authorization?.replace("Basic ", "") ?? "", "base64")
      .toString()
      .split(":");
    if (key === UNKNOWN_KEY) return json(response, 401, REFUSAL);
    const { status, body } = firstSuccess(operationNamed(name));
    return body === undefined ? response.writeHead(status).end() : json(response, status, body);
  });
}
