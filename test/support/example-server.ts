import { operations, routes } from "../../generated/authsignal-data.ts";
import { operations as authyOperations, routes as authyRoutes } from "../../generated/authy-data.ts";
import { routeFinder } from "../../src/http/operation.ts";
import { authyOperationNamed, firstSuccess, operationNamed } from "../contract/spec.ts";
import { json, serve, type TestServer } from "./server.ts";

/** A key that the server rejects. */
export const UNKNOWN_KEY = "sk_of_another_region";

const REFUSAL = {
  error: "unauthorized",
  errorCode: "unauthorized",
  errorDescription:
    "The request is unauthorized. Check that your API key and region base URL are correctly configured.",
};

/** Finds the operationId of a request. */
function nameFinder(operations: object, routes: Readonly<Record<string, string>>) {
  const find = routeFinder(Object.fromEntries(Object.keys(operations).map((route) => [route, route])));
  return (method: string, path: string) => {
    const route = find(method, path);
    return Object.entries(routes).find(([, one]) => one === route)?.[0];
  };
}

/**
 * Serves the first example of the spec for every call of Authsignal and of Authy, unless the request has the unknown key. As in
 * the service, an action keeps the `idempotencyKey` with which it was tracked, also when its token is validated.
 */
export function exampleServer(): Promise<TestServer> {
  const find = nameFinder(operations, routes);
  const findOfAuthy = nameFinder(authyOperations, authyRoutes);
  let idempotencyKey: string | undefined;
  return serve((response, { method, path, headers, body: sent }) => {
    const [pathname = ""] = path.split("?");
    const name = find(method, pathname);
    const nameOfAuthy = findOfAuthy(method, pathname);
    const operation = name ? operationNamed(name) : nameOfAuthy && authyOperationNamed(nameOfAuthy);
    if (!operation) return json(response, 404, { message: "Not Found" });
    const [key] = Buffer.from(headers.authorization?.replace("Basic ", "") ?? "", "base64")
      .toString()
      .split(":");
    if (key === UNKNOWN_KEY) return json(response, 401, REFUSAL);
    const { status, body } = firstSuccess(operation);
    if (name === "track") ({ idempotencyKey } = JSON.parse(sent));
    if (name === "track" || name === "validateChallenge") {
      return json(response, status, { ...Object(body), ...(idempotencyKey && { idempotencyKey }) });
    }
    return body === undefined ? response.writeHead(status).end() : json(response, status, body);
  });
}
