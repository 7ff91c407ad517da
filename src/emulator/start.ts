import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fieldOf, isRecord } from "../platform/fields.ts";
import { EMULATOR_OPTIONS, type Emulator, type EmulatorOptions, type Listener, LocalEmulator } from "./emulator.ts";
import { type Kinds, readOptions } from "./http/options.ts";
import { requestListener } from "./server/listener.ts";

/** The hosts at which an emulator may be reached; all of them are this machine. */
export const LOOPBACK_HOSTS = ["127.0.0.1", "::1", "localhost"] as const;

/** A host at which an emulator may be reached. */
export type LoopbackHost = (typeof LOOPBACK_HOSTS)[number];

/** The options of `startEmulator`, all optional. */
export interface StartOptions extends Omit<EmulatorOptions, "origin"> {
  /** The port. Default 0: any free one. */
  port?: number | undefined;
  /** The host to listen on, always on this machine. Default `"127.0.0.1"`. */
  host?: LoopbackHost | undefined;
}

const { origin: _, ...OTHER_OPTIONS } = EMULATOR_OPTIONS;

/** The allowed kinds of values of each option. */
const START_OPTIONS: Kinds<StartOptions> = { port: "any", host: "any", ...OTHER_OPTIONS };

/**
 * How long an unused connection is kept, in milliseconds: longer than clients keep theirs, so that none is closed just when a
 * client uses it again.
 */
const KEEP_ALIVE = 75_000;

/** How long a request may take to arrive with its body, in milliseconds, so that a slow one holds no connection for ever. */
const REQUEST_TIMEOUT = 60_000;

/**
 * Starts an emulator that listens on a port of this machine. It keeps the process alive until it is closed.
 * @throws TypeError that says what to change, when an option cannot be used. Nothing is left open then.
 * @throws Error when the port is taken, or may not be used.
 */
export function startEmulator(options: StartOptions = {}): Promise<Emulator> {
  return start(options, false);
}

/** As `startEmulator`, and faster, in a process that does nothing else: it replaces the global `Request` and `Response`. */
export function startInOwnProcess(options: StartOptions): Promise<Emulator> {
  return start(options, true);
}

async function start(options: StartOptions, isOwnProcess: boolean): Promise<Emulator> {
  if (isRecord(options) && Object.hasOwn(options, "origin") && options.origin !== undefined) {
    throw new TypeError("origin is for createEmulator: that of startEmulator is made of its host and its port");
  }
  const { port = 0, host = "127.0.0.1", ...rest } = readOptions("startEmulator", options, START_OPTIONS);
  if (!isPort(port)) throw new TypeError(`port must be a whole number from 0 to 65535, not ${port}`);
  if (!isLoopback(host)) {
    throw new TypeError(
      `host must be one of ${LOOPBACK_HOSTS.join(", ")}: the emulator is reached from this machine only`,
    );
  }
  const listener = new HttpListener(host, isOwnProcess);
  const emulator = new LocalEmulator(rest, listener);
  try {
    await listener.open(port, emulator);
  } catch (error) {
    await emulator.close();
    throw new Error(describeListenError(error, port, host), { cause: error });
  }
  return emulator;
}

/** Whether a number can be a port. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}

/** Whether a host is one at which an emulator may be reached. */
export function isLoopback(host: string): host is LoopbackHost {
  return LOOPBACK_HOSTS.some((one) => one === host);
}

/** Listens on a port of this machine. */
class HttpListener implements Listener {
  readonly #name: string;
  readonly #host: LoopbackHost;
  readonly #isOwnProcess: boolean;
  #server: Server | undefined;
  #port = 0;
  #closed: Promise<void> | undefined;

  constructor(host: LoopbackHost, isOwnProcess: boolean) {
    this.#isOwnProcess = isOwnProcess;
    this.#host = host;
    this.#name = host.includes(":") ? `[${host}]` : host;
  }

  get origin(): string {
    return `http://${this.#name}:${this.#port}`;
  }

  async open(port: number, emulator: Emulator): Promise<void> {
    const listener = requestListener(emulator, { hostname: this.#name, replacesGlobals: this.#isOwnProcess });
    const server = createServer(
      { keepAliveTimeout: KEEP_ALIVE, headersTimeout: REQUEST_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
      listener,
    );
    server.listen(port, this.#host);
    await once(server, "listening");
    this.#server = server;
    this.#port = portOf(server.address());
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      if (!this.#server) return resolve();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closed;
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address ? address.port : 0;
}

/** Describes why a port cannot be used, and what to do. */
function describeListenError(error: unknown, port: number, host: string): string {
  const code = fieldOf(error, "code");
  if (code === "EADDRINUSE") return `Port ${port} of ${host} is taken: choose another one, or 0 for any that is free`;
  if (code === "EACCES") return `Port ${port} may not be used: choose one from 1024 on, or 0 for any that is free`;
  return `Cannot listen on port ${port} of ${host}: ${fieldOf(error, "message")}`;
}
