import { clientApi, whyNotEmulated } from "../client-api/client-api.ts";
import { toHonoPath } from "../http/serve.ts";
import { callConnect, serverApi } from "../server-api/server-api.ts";

/** The base path of the Server API and the Client API. Call Connect has none. */
export const BASE_PATH = "/v1";

/** Describes why nothing is served at an address: most often, the base URL of a client is wrong. */
export function describeUnknownPath(method: string, path: string): string {
  const problem = `${method} ${path} is not in the spec`;
  const reason = path.startsWith(`${BASE_PATH}/client/`) ? whyNotEmulated(path) : undefined;
  if (reason !== undefined) return `${problem}. ${reason}`;
  const methods = methodsOf(path);
  if (methods.length > 0) return `${problem}: that path takes ${methods.join(", ")}`;
  if (methodsOf(BASE_PATH + path).length > 0) return `${problem}: the base URL must end in ${BASE_PATH}`;
  if (path.startsWith(`${BASE_PATH}/call/`)) return `${problem}: the base URL of Call Connect has no ${BASE_PATH}`;
  if (path.includes("//")) return `${problem}: the base URL must not end in /`;
  if (path.startsWith(`${BASE_PATH}${BASE_PATH}/`)) return `${problem}: the base URL has ${BASE_PATH} twice`;
  return problem;
}

/** Returns the methods of the operations at a path. */
function methodsOf(path: string): string[] {
  const underBasePath = [...serverApi, ...clientApi].map(({ method, path }) => ({
    method,
    template: BASE_PATH + path,
  }));
  const operations = [...underBasePath, ...callConnect.map(({ method, path }) => ({ method, template: path }))];
  return operations.filter(({ template }) => patternOf(template).test(path)).map(({ method }) => method);
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${toHonoPath(template).replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`);
}
