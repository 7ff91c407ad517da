import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { answer, CHUNKED, chunks, head, json, LAST_CHUNK } from "../faults/answers.ts";
import { RequestReader, type WholeRequest } from "../faults/request-reader.ts";
import { CLOSE, perform, RESET, type Step } from "../faults/script.ts";
import { CHALLENGED, TRACKED, USER } from "./clients.ts";

/** An answer that every operation would take. */
const GOOD_FOR_ALL = { ...USER, ...TRACKED, ...CHALLENGED, success: true };

/** One that nobody asked for. */
const STRANGER = { ...GOOD_FOR_ALL, call: "stranger" };

/** What a server knows of one call: of all requests that name it. */
export interface Page {
  requests: number;
  /** How many of them it turned away, and said so. */
  refusals: number;
  /** What it carried out, once for each request. */
  readonly effects: string[];
  /** The good answers that it gave in full, as JSON. */
  readonly answers: string[];
}

export interface CrowdServer extends AsyncDisposable {
  readonly url: string;
  /** By the names of the calls. */
  readonly books: ReadonlyMap<string, Page>;
  /** Requests that name no call or several, or come with the key of another one. */
  readonly strays: readonly string[];
  readonly connections: { open: number; most: number };
  /** Settles when the clients have closed all connections. */
  released(): Promise<void>;
}

export interface Trouble {
  /** Decides, with a call's name and the number of its request, what the request meets. */
  readonly seed: string;
  /** The share of requests that meet a fault. */
  readonly faults: number;
  /** The share of requests that are carried out and never answered. Default none. */
  readonly hangs?: number;
}

interface Fault {
  /** Whether the request is carried out. */
  readonly acts?: boolean;
  /** Whether the answer is the good one, in full. */
  readonly isGood?: boolean;
  /** Whether the answer says that nothing was done. */
  readonly isRefusal?: boolean;
  /** Whether each step comes a little later than the one before. */
  readonly isSlow?: boolean;
  script(scene: { good: object; id: string }): Step[];
}

/** Milliseconds between the steps of a slow answer. */
const SLOWNESS = 5;

const GOOD: Fault = { acts: true, isGood: true, script: ({ good, id }) => [json(200, good, id)] };
const HANG: Fault = { acts: true, script: () => [] };

const FAULTS: readonly Fault[] = [
  { isRefusal: true, script: ({ id }) => [json(429, {}, "retry-after: 0.01", id)] },
  { isRefusal: true, script: ({ id }) => [json(429, {}, "retry-after: 0", id), CLOSE] },
  { isRefusal: true, script: ({ id }) => [json(400, { errorCode: "invalid_request" }, id)] },
  { script: ({ id }) => [json(503, { message: "Too busy" }, "retry-after: 0", id)] },
  { script: ({ id }) => [answer(502, "<html>Bad gateway</html>", "retry-after: 0.01", id)] },
  { script: ({ id }) => [json(500, { message: "Nothing was done" }, id)] },
  { acts: true, script: ({ id }) => [json(500, { message: "All was done" }, id)] },
  { script: () => [RESET] },
  { acts: true, script: () => [RESET] },
  { acts: true, script: () => [CLOSE] },
  { acts: true, script: ({ id }) => [`HTTP/1.1 200 OK\r\n${id}\r\ncontent-le`, CLOSE] },
  { acts: true, script: ({ id }) => [head(200, "content-length: 999", id), '{"isEnrolled":', CLOSE] },
  { acts: true, script: ({ id }) => [head(200, "content-length: 999", id), '{"isEnrolled":', RESET] },
  { acts: true, script: ({ good, id }) => [head(200, CHUNKED, id), chunks(JSON.stringify(good)), CLOSE] },
  { acts: true, script: ({ good, id }) => [answer(200, JSON.stringify(good).slice(0, -1), id)] },
  { script: ({ id }) => [answer(200, "<html>Please log in</html>", "content-type: text/html", id)] },
  { acts: true, script: ({ id }) => [answer(200, "", id)] },
  { acts: true, isGood: true, script: ({ good, id }) => [json(200, good, id), CLOSE] },
  { acts: true, isGood: true, script: ({ good, id }) => [Buffer.concat([json(200, good, id), json(200, STRANGER)])] },
  { acts: true, isGood: true, isSlow: true, script: ({ good, id }) => inTwo(json(200, good, id)) },
  {
    acts: true,
    isGood: true,
    isSlow: true,
    script: ({ good, id }) => [head(200, CHUNKED, id), chunks(JSON.stringify(good)), LAST_CHUNK],
  },
];

/**
 * Listens on a free port of this machine, keeps books of the calls that its requests name, and lets many requests go
 * wrong. What happens to a request depends on the seed and on nothing else, however the requests come in.
 */
export async function serveCrowd({ seed, faults, hangs = 0 }: Trouble): Promise<CrowdServer> {
  const books = new Map<string, Page>();
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

    const page = books.get(call) ?? { requests: 0, refusals: 0, effects: [], answers: [] };
    books.set(call, page);
    page.requests++;
    const fault = faultFor(call, page.requests);
    const good = { ...GOOD_FOR_ALL, call, request: page.requests, idempotencyKey: idempotencyKey ?? "none" };
    if (fault.acts) page.effects.push(`${method} ${path} ${idempotencyKey ?? ""}`);
    if (fault.isRefusal) page.refusals++;
    if (fault.isGood) page.answers.push(JSON.stringify(good));
    const steps = fault.script({ good, id: `x-request-id: ${call}` });
    if (fault.isSlow) performSlowly(socket, steps);
    else perform(socket, steps);
  }

  const server = createServer({ noDelay: true }, (socket) => {
    let isOpen = true;
    connections.open++;
    sockets.add(socket);
    // Ends of connections that came before this one may still wait to be read.
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
      // What comes after the server closed its side meets nobody any more.
      if (socket.writable) for (const request of reader.add(chunk)) onRequest(socket, request);
    });
    socket.on("end", leave).on("error", leave).on("close", leave);
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 2_048 }, resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");

  return {
    url: `http://127.0.0.1:${address.port}`,
    books,
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
