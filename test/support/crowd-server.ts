import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { RequestReader, type WholeRequest } from "../faults/request-reader.ts";
import { CHUNKED, chunks, head, json, LAST_CHUNK, response } from "../faults/responses.ts";
import { CLOSE, perform, RESET, type Step } from "../faults/script.ts";
import { CHALLENGED, TRACKED, USER } from "./clients.ts";

/** A body that is a valid response of every operation. */
const GOOD_FOR_ALL = { ...USER, ...TRACKED, ...CHALLENGED, success: true };

/** The body of a response to no request. */
const UNREQUESTED = { ...GOOD_FOR_ALL, call: "unrequested" };

/** What the server recorded of one call: of all requests with its name. */
export interface CallRecord {
  requests: number;
  /** How many of them it rejected without an effect. */
  rejections: number;
  /** The effects, one for each request that was carried out. */
  readonly effects: string[];
  /** The good responses that it sent in full, as JSON. */
  readonly responses: string[];
}

export interface CrowdServer extends AsyncDisposable {
  readonly url: string;
  /** The records by the names of the calls. */
  readonly records: ReadonlyMap<string, CallRecord>;
  /** Requests that name no call or several, or have the idempotency key of another one. */
  readonly strays: readonly string[];
  readonly connections: { open: number; most: number };
  /** Settles when the clients have closed all connections. */
  released(): Promise<void>;
}

export interface Trouble {
  /** Decides, with the name of the call and the number of the request, which fault the request meets. */
  readonly seed: string;
  /** The share of requests that meet a fault. */
  readonly faults: number;
  /** The share of requests that are carried out and get no response. Default 0. */
  readonly hangs?: number;
}

interface Fault {
  /** Whether the request is carried out. */
  readonly acts?: boolean;
  /** Whether the response is the good one, in full. */
  readonly isGood?: boolean;
  /** Whether the response says that nothing was done. */
  readonly isRejection?: boolean;
  /** Whether there is a pause before each step. */
  readonly isSlow?: boolean;
  script(scene: { good: object; id: string }): Step[];
}

/** Milliseconds between the steps of a slow response. */
const SLOWNESS = 5;

const GOOD: Fault = { acts: true, isGood: true, script: ({ good, id }) => [json(200, good, id)] };
const HANG: Fault = { acts: true, script: () => [] };

const FAULTS: readonly Fault[] = [
  { isRejection: true, script: ({ id }) => [json(429, {}, "retry-after: 0.01", id)] },
  { isRejection: true, script: ({ id }) => [json(429, {}, "retry-after: 0", id), CLOSE] },
  { isRejection: true, script: ({ id }) => [json(400, { errorCode: "invalid_request" }, id)] },
  { script: ({ id }) => [json(503, { message: "Too busy" }, "retry-after: 0", id)] },
  { script: ({ id }) => [response(502, "<html>Bad gateway</html>", "retry-after: 0.01", id)] },
  { script: ({ id }) => [json(500, { message: "Nothing was done" }, id)] },
  { acts: true, script: ({ id }) => [json(500, { message: "All was done" }, id)] },
  { script: () => [RESET] },
  { acts: true, script: () => [RESET] },
  { acts: true, script: () => [CLOSE] },
  { acts: true, script: ({ id }) => [`HTTP/1.1 200 OK\r\n${id}\r\ncontent-le`, CLOSE] },
  { acts: true, script: ({ id }) => [head(200, "content-length: 999", id), '{"isEnrolled":', CLOSE] },
  { acts: true, script: ({ id }) => [head(200, "content-length: 999", id), '{"isEnrolled":', RESET] },
  { acts: true, script: ({ good, id }) => [head(200, CHUNKED, id), chunks(JSON.stringify(good)), CLOSE] },
  { acts: true, script: ({ good, id }) => [response(200, JSON.stringify(good).slice(0, -1), id)] },
  { script: ({ id }) => [response(200, "<html>Please log in</html>", "content-type: text/html", id)] },
  { acts: true, script: ({ id }) => [response(200, "", id)] },
  { acts: true, isGood: true, script: ({ good, id }) => [json(200, good, id), CLOSE] },
  {
    acts: true,
    isGood: true,
    script: ({ good, id }) => [Buffer.concat([json(200, good, id), json(200, UNREQUESTED)])],
  },
  { acts: true, isGood: true, isSlow: true, script: ({ good, id }) => inTwo(json(200, good, id)) },
  {
    acts: true,
    isGood: true,
    isSlow: true,
    script: ({ good, id }) => [head(200, CHUNKED, id), chunks(JSON.stringify(good)), LAST_CHUNK],
  },
];

/**
 * Listens on a free port of this machine, records the calls that its requests name, and serves faults to many requests. The
 * fault of a request depends on the seed only, in whatever order the requests arrive.
 */
export async function serveCrowd({ seed, faults, hangs = 0 }: Trouble): Promise<CrowdServer> {
  const records = new Map<string, CallRecord>();
  const strays: string[] = [];
  const callsByKey = new Map<string, string>();
  const sockets = new Set<Socket>();
  const connections = { open: 0, most: 0 };
  let release = () => {};

  function faultFor(call: string, request: number): Fault {
    const digest = createHash("sha256").update(`${seed} ${call} ${request}`).digest();
    const [luck = 0, which = 0] = [0, 4].map((offset) => digest.readUInt32BE(offset) / 2 ** 32);
    if (luck < hangs) return HANG;
    return (luck < hangs + faults && FAULTS[Math.floor(which * FAULTS.length)]) || GOOD;
  }

  function onRequest(socket: Socket, { method, path, body }: WholeRequest): void {
    const [call = "", ...others] = new Set(`${path} ${body}`.match(/call-\d+/g));
    const { idempotencyKey }: { idempotencyKey?: string } = body ? JSON.parse(body) : {};
    if (idempotencyKey && !callsByKey.has(idempotencyKey)) callsByKey.set(idempotencyKey, call);
    if (!call || others.length > 0 || (idempotencyKey && callsByKey.get(idempotencyKey) !== call)) {
      strays.push(`${method} ${path} ${body}`);
    }

    const record = records.get(call) ?? { requests: 0, rejections: 0, effects: [], responses: [] };
    records.set(call, record);
    record.requests++;
    const fault = faultFor(call, record.requests);
    const good = { ...GOOD_FOR_ALL, call, request: record.requests, idempotencyKey: idempotencyKey ?? "none" };
    if (fault.acts) record.effects.push(`${method} ${path} ${idempotencyKey ?? ""}`);
    if (fault.isRejection) record.rejections++;
    if (fault.isGood) record.responses.push(JSON.stringify(good));
    const steps = fault.script({ good, id: `x-request-id: ${call}` });
    if (fault.isSlow) performSlowly(socket, steps);
    else perform(socket, steps);
  }

  const server = createServer({ noDelay: true }, (socket) => {
    let isOpen = true;
    connections.open++;
    sockets.add(socket);
    // The ends of earlier connections may not have been read yet.
    setImmediate(() => {
      connections.most = Math.max(connections.most, connections.open);
    });
    function leave(): void {
      if (!isOpen) return;
      isOpen = false;
      connections.open--;
      sockets.delete(socket);
      if (connections.open === 0) release();
    }
    const reader = new RequestReader();
    socket.on("data", (chunk) => {
      // Requests after the server closed its side are not read.
      if (socket.writable) for (const request of reader.add(chunk)) onRequest(socket, request);
    });
    socket.on("end", leave).on("error", leave).on("close", leave);
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 2_048 }, resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");

  return {
    url: `http://127.0.0.1:${address.port}`,
    records,
    strays,
    connections,
    released: () =>
      new Promise((resolve) => {
        release = resolve;
        if (connections.open === 0) resolve();
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function inTwo(bytes: Uint8Array): Step[] {
  return [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
}

function performSlowly(socket: Socket, [step, ...rest]: readonly Step[]): void {
  if (step === undefined) return;
  setTimeout(() => {
    perform(socket, [step]);
    performSlowly(socket, rest);
  }, SLOWNESS);
}
