import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer as createPlainServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Server as NetServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { certificate, key } from "../support/certificate.ts";

declare module "vitest" {
  interface TaskMeta {
    /** The cells of a row of the table, set by the test of our client. */
    row?: { readonly official: string; readonly reason: string };
  }
}

const root = join(import.meta.dirname, "../..");

/** The folder of the programs and their packages. */
export const field = join(root, ".field");

/** The executable of Node 24. */
export const NODE_24 = join(field, "24/node_modules/node-24/bin/node");

/** Milliseconds that a program may take. */
const TIME = 60_000;

const SECRET = "sk_field";

type Client = "ours" | "official";

/** A request that a server, or a mock inside the program, received. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  /** Names and values in turns, in the order of the wire. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** The report of a program, and its requests. */
export interface Outcome {
  readonly report: Record<string, unknown>;
  readonly seen: readonly Seen[];
}

/** A third-party program: its calls and the expected outcome. */
export interface Row {
  /** The outcome with commit c30546b, or the reason for the row although it worked. */
  readonly reason: string;
  /** A program of `programs/`, which Node runs in a separate process. Default: none; `run` makes the outcome. */
  readonly program?: string;
  /** Options of Node before the program. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Another executable than that of this process. */
  readonly node?: string;
  /** Makes the outcome in another way than with one program. */
  run?(client: Client): Promise<Outcome>;
  /** The outcome of the official client: works, does not have the feature, or fails with such a report. Default: works. */
  readonly official?: "works" | "none" | { readonly fails: string; readonly as: RegExp };
  /** Checks the outcome. Default: every call has its result, and every request is right. */
  check?(outcome: Outcome, client: Client): void;
}

/** Declares the tests of a row: our client works, and the official client has the expected outcome. */
export function row(name: string, given: Row): void {
  const { reason, official = "works", check = checkCalls } = given;
  const run = given.run ?? runProgram(given);
  const fails = typeof official === "object" ? official : undefined;
  describe(name, () => {
    test("authsignal-ts", async ({ task }) => {
      task.meta.row = { reason, official: fails ? `fails: ${fails.fails}` : official === "none" ? "–" : "works" };
      check(await run("ours"), "ours");
    });
    if (official === "none") return;
    test("@authsignal/node", async () => {
      if (!fails) return check(await run("official"), "official");
      const outcome = await run("official").catch((error: unknown) => ({ report: { error: String(error) }, seen: [] }));
      expect(() => check(outcome, "official")).toThrow();
      expect(JSON.stringify(outcome.report)).toMatch(fails.as);
    });
  });
}

function runProgram({ program = "", flags = [], env, node }: Row) {
  return async (client: Client): Promise<Outcome> => {
    const service = await startService();
    const words = [...flags, join(field, "programs", program)];
    const report = await runNode(words, { API_URL: service.apiUrl, CLIENT: client, ...env }, { node });
    return outcomeOf(report, service);
  };
}

/** Returns the report of a program, with the requests that a mock inside the program, or else the service, received. */
export function outcomeOf(report: Record<string, unknown>, { seen }: Pick<Service, "seen">): Outcome {
  return { report, seen: Array.isArray(report.seen) ? report.seen : seen };
}

interface RunOptions {
  readonly node?: string | undefined;
  readonly cwd?: string;
}

/** Runs a program with Node, without a network but loopback, and returns its report. */
export async function runNode(
  words: readonly string[],
  env: Record<string, string>,
  { node = process.execPath, cwd = join(field, "programs") }: RunOptions = {},
): Promise<Record<string, unknown>> {
  const path = join(field, "reports", `${randomUUID()}.json`);
  const { stdout, stderr } = await runCommand(node, words, { REPORT: path, ...env }, cwd);
  const text = await readFile(path, "utf8").catch(() => {
    throw new Error(`${words.at(-1)} reported nothing:\n${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}`);
  });
  return JSON.parse(text);
}

interface Printed {
  readonly code: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command, whatever its exit code. The environment of this process is not passed on. */
export function runCommand(
  command: string,
  words: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<Printed> {
  const { PATH = "", HOME = "" } = process.env;
  const options = { cwd, env: { PATH, HOME, NO_COLOR: "1", ...env }, timeout: TIME, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    execFile(command, words, options, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr });
    });
  });
}

/** The responses of the service, which are the same for every program. */
const ANSWERS = new Map<string, unknown>([
  ["GET /v1/users/ann", { isEnrolled: true, email: "ann@example.com" }],
  [
    "POST /v1/users/ann/actions/withdraw",
    {
      state: "ALLOW",
      url: "https://mfa.authsignal.com/?token=t",
      token: "t",
      isEnrolled: true,
      idempotencyKey: "attempt-1",
    },
  ],
  [
    "POST /v1/validate",
    { isValid: true, state: "CHALLENGE_SUCCEEDED", userId: "ann", actionCode: "withdraw", idempotencyKey: "attempt-1" },
  ],
]);

export interface Service {
  readonly apiUrl: string;
  readonly seen: readonly Seen[];
  readonly server: Server;
}

interface ServiceOptions {
  readonly tls?: boolean;
  /** Writes the response in another way than as plain JSON. */
  send?(response: Parameters<RequestListener>[1], status: number, body: string): void;
}

const started = new Set<() => void>();

/** Stops the servers of the tests of this file. */
afterAll(() => {
  for (const stop of started) stop();
});

/** Starts the service on a free port, with one user and one secret key. */
export async function startService({ tls = false, send = sendJson }: ServiceOptions = {}): Promise<Service> {
  const seen: Seen[] = [];
  const listener: RequestListener = async (request, response) => {
    const one = await read(request);
    seen.push(one);
    const body = isAuthorized(one) ? ANSWERS.get(`${one.method} ${one.path}`) : { error: "unauthorized" };
    if (body) return send(response, isAuthorized(one) ? 200 : 401, JSON.stringify(body));
    send(response, 400, JSON.stringify({ error: "invalid_request", errorDescription: "There is no such user" }));
  };
  const server = tls ? createTlsServer({ cert: certificate, key }, listener) : createPlainServer(listener);
  const port = await listen(server);
  return { apiUrl: tls ? `https://localhost:${port}/v1` : `http://127.0.0.1:${port}/v1`, seen, server };
}

function sendJson(response: Parameters<RequestListener>[1], status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

async function read(request: IncomingMessage): Promise<Seen> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return { method: request.method ?? "", path: request.url ?? "", headers: request.rawHeaders, body };
}

/** Listens on a free port of this machine until the tests of the file are over. */
async function listen(server: NetServer): Promise<number> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  server.on("connection", keep);
  started.add(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  return Object(address).port;
}

export interface Proxy {
  readonly url: string;
  /** The targets of the requested tunnels. */
  readonly tunnels: readonly string[];
  /** The request lines of requests without a tunnel. */
  readonly plain: readonly string[];
}

/** Starts an HTTP proxy. With a reply to CONNECT it makes no tunnel. */
export async function startProxy(reply?: string): Promise<Proxy> {
  const tunnels: string[] = [];
  const plain: string[] = [];
  const server = createPlainServer((request, response) => {
    plain.push(`${request.method} ${request.url}`);
    response.writeHead(405).end();
  });
  server.on("connect", (request, client: Socket) => {
    tunnels.push(request.url ?? "");
    if (reply !== undefined) return void client.end(reply);
    const target = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(target).pipe(client);
    });
    for (const socket of [client, target]) socket.on("error", () => {});
    client.on("close", () => target.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, tunnels, plain };
}

/** Returns the values of a header, in the order of the wire. */
export function valuesOf({ headers }: Seen, name: string): string[] {
  return headers.filter((_value, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
}

function isAuthorized(one: Seen): boolean {
  const [value, ...more] = valuesOf(one, "authorization");
  return value === `Basic ${btoa(`${SECRET}:`)}` && more.length === 0;
}

/** The expected results of the calls, and the expected error. */
const RESULTS = {
  getUser: { isEnrolled: true, email: "ann@example.com" },
  track: { state: "ALLOW", idempotencyKey: "attempt-1" },
  validateChallenge: { isValid: true, state: "CHALLENGE_SUCCEEDED" },
  refused: { errorCode: "invalid_request", statusCode: 400 },
  webhook: { type: "sms.created", id: "event-1" },
  webhookOfBytes: { type: "sms.created", id: "event-1" },
};

/** The expected requests of the calls. */
const REQUESTS = [
  { method: "GET", path: "/v1/users/ann", body: "" },
  { method: "POST", path: "/v1/users/ann/actions/withdraw", body: { ipAddress: "203.0.113.7", custom: { amount: 5 } } },
  { method: "POST", path: "/v1/validate", body: { token: "t", action: "withdraw" } },
  { method: "GET", path: "/v1/users/gone", body: "" },
];

/** Checks every result, and that every request arrived once, whole, with one `Authorization` header. */
export function checkCalls({ report, seen }: Outcome): void {
  expect(report.results).toMatchObject(RESULTS);
  expect(seen.map(({ method, path, body }) => ({ method, path, body: body && JSON.parse(body) }))).toMatchObject(
    REQUESTS,
  );
  for (const one of seen) {
    expect(valuesOf(one, "authorization")).toEqual([`Basic ${btoa(`${SECRET}:`)}`]);
    expect(valuesOf(one, "host")).toHaveLength(1);
  }
}
