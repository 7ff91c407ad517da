import { strict as assert } from "node:assert";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createEmulator,
  type Emulator,
  type Seed,
  type Snapshot,
  type Visit,
  visit,
} from "../../../src/emulator/index.ts";
import { Authsignal, AuthsignalError, CallConnect } from "../../../src/index.ts";
import { START, TENANTS, type TenantName } from "./data.ts";

/** To make one takes long, so that all emulators share these two. */
export const SIGNING_KEYS = { a: newSigningKey(), b: newSigningKey() };
const SECRET_KEYS = { a: "sk_emulator_a", b: "sk_emulator_b" } as const;

/** How often each operation succeeded, in all worlds. */
export const successes = new Map<string, number>();

export interface WorldOptions {
  /** Whether the documented limits are kept. */
  readonly hasLimits: boolean;
  /** Whether the emulator keeps its data in a file. */
  readonly isKept: boolean;
}

/** The emulator under test, and the clients of its two tenants. */
export class World {
  readonly #options: WorldOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "emulator-model-"));
  readonly #clients: Record<TenantName, { readonly server: Authsignal; readonly calls: CallConnect }>;
  readonly snapshots = new Map<TenantName, { readonly snapshot: Snapshot; readonly state: Seed }>();
  /** The challenge pages that are open. */
  readonly visits: Visit[] = [];
  #emulator: Emulator;
  #files = 0;
  #codes = 100_000;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#emulator = this.#create();
    this.#clients = { a: this.#clientsOf("a"), b: this.#clientsOf("b") };
    for (const name of TENANTS) this.prepare(name);
  }

  server(name: TenantName): Authsignal {
    return this.#clients[name].server;
  }

  calls(name: TenantName): CallConnect {
    return this.#clients[name].calls;
  }

  tenant(name: TenantName) {
    return this.#emulator.tenant(SECRET_KEYS[name]);
  }

  /** Gives an empty tenant its key and its time. */
  prepare(name: TenantName): void {
    const frozenAt = new Date(START).toISOString();
    this.tenant(name).import({ signingKey: SIGNING_KEYS[name], clock: { frozenAt } });
  }

  /** The address of the challenge pages for a token. */
  pageOf(token: string): string {
    return `${this.#emulator.origin}/challenge?token=${token}`;
  }

  visit(token: string): Promise<Visit> {
    return visit(this.pageOf(token), { fetch: this.#fetch });
  }

  /** Sends a form. */
  post(path: string, body: URLSearchParams): Promise<Response> {
    return this.#fetch(new Request(this.#emulator.origin + path, { method: "POST", body }));
  }

  /** Goes on with an emulator that knows only what the other one has exported. */
  async move(): Promise<void> {
    const exported = TENANTS.map((name) => [name, JSON.stringify(this.tenant(name).export())] as const);
    const before = this.#emulator;
    this.#files += 1;
    this.#emulator = this.#create();
    for (const [name, seed] of exported) {
      this.tenant(name).import(JSON.parse(seed));
      assert.deepEqual(JSON.parse(JSON.stringify(this.tenant(name).export())), JSON.parse(seed));
    }
    await before.close();
  }

  /** Ends the emulator and begins again with its file. */
  async reopen(): Promise<void> {
    await this.#emulator.close();
    this.#emulator = this.#create();
  }

  /** Fails when anything that was answered since the last time is a defect of the emulator. */
  checkRequests(): void {
    for (const name of TENANTS) {
      const { requests } = this.tenant(name);
      for (const { operation, status, violation, problem } of requests.list()) {
        assert.equal(violation, undefined);
        assert.notEqual(status, 500, `${operation}: ${problem}`);
        if (operation && status < 300) successes.set(operation, (successes.get(operation) ?? 0) + 1);
      }
      requests.clear();
    }
  }

  async close(): Promise<void> {
    await this.#emulator.close();
    rmSync(this.#folder, { recursive: true });
  }

  readonly #fetch = async (request: Request): Promise<Response> => {
    const response = await this.#emulator.fetch(request);
    assert.notEqual(response.status, 500, `${request.method} ${request.url}`);
    return response;
  };

  #create(): Emulator {
    const { hasLimits: limits, isKept } = this.#options;
    return createEmulator({
      apiSecretKey: SECRET_KEYS.a,
      limits,
      // Each code is another one, so that an old one can be told from a right one.
      otp: () => `${this.#codes++}`,
      ...(isKept && { dataFile: join(this.#folder, `data-${this.#files}`) }),
    });
  }

  #clientsOf(name: TenantName) {
    const { apiUrl, origin } = this.#emulator;
    const options = { fetch: this.#fetch, retries: 0 };
    const { apiSecretKey, callConnectSecretKey } = this.tenant(name);
    return {
      server: new Authsignal({ ...options, apiSecretKey, apiUrl }),
      calls: new CallConnect({ ...options, apiSecretKey: callConnectSecretKey, apiUrl: origin }),
    };
  }
}

/** A value as it comes out of JSON: without what is undefined. */
export function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The answer to a call that must have this status; undefined when it must be refused. */
export async function answered<T>(call: Promise<T>, status: number): Promise<T | undefined> {
  try {
    const answer = await call;
    assert.equal(200, status, "the status of the answer");
    return answer;
  } catch (error) {
    if (!(error instanceof AuthsignalError)) throw error;
    assert.equal(error.statusCode, status, error.message);
    return undefined;
  }
}

function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
