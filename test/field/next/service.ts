import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A request on the wire. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Each `Authorization` header, also those that Node would drop as repeated. */
  readonly authorizations: readonly string[];
  readonly userAgent: string | undefined;
}

/**
 * Serves users whose email addresses contain the number of reads of the user. The first request for the user `busy` gets a 503.
 */
export interface Service extends AsyncDisposable {
  /** The `apiUrl`. */
  readonly apiUrl: string;
  readonly received: readonly Received[];
}

export async function startService(): Promise<Service> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const one = await read(request);
    received.push(one);
    const count = received.filter(({ path }) => path === one.path).length;
    response.setHeader("content-type", "application/json");
    if (count === 1 && one.path.endsWith("/users/busy")) response.statusCode = 503;
    response.end(JSON.stringify(one.method === "GET" ? userOf(count) : ACTION));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    apiUrl: `http://127.0.0.1:${portOf(server.address())}/v1`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ACTION = {
  state: "ALLOW",
  url: "https://mfa.example.com/challenge",
  token: "token",
  isEnrolled: true,
  idempotencyKey: "key",
};

function userOf(count: number) {
  return { isEnrolled: count > 1, email: `read-${count}@example.com` };
}

async function read(request: IncomingMessage): Promise<Received> {
  const { method = "", url = "", headers, rawHeaders } = request;
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  const authorizations = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "authorization",
  );
  return { method, path: url, body, authorizations, userAgent: headers["user-agent"] };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}
