import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Authsignal } from "../../../src/authsignal/authsignal.ts";
import type { AuthsignalOptions } from "../../../src/authsignal/options.ts";
import { migrateAuthyUsers } from "../../../src/authy/migrate/import/migrate.ts";
import type { MigratedRow, MigrationOptions } from "../../../src/authy/migrate/import/types.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";

export const HEADER = "user_id,authy_id,email,country_code,cellphone,confirmed";

/** Creates a folder that is removed with the test. */
export async function folder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "migration-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** A request: method, path and body. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Options of a place for a migration. */
export interface PlaceOptions extends EmulatorOptions {
  /** Stands between the client and the emulator. */
  readonly between?: (request: Sent, pass: () => Promise<Response>) => Promise<Response>;
  readonly client?: Partial<AuthsignalOptions>;
}

/** Starts an emulator with a client that records its requests, and a folder with a file to migrate. */
export async function place(content: string | Uint8Array, options: PlaceOptions = {}) {
  const { between, client, ...emulatorOptions } = options;
  const emulator = createEmulator(emulatorOptions);
  const home = await folder();
  const file = join(home.path, "users.csv");
  await writeFile(file, content);
  const sent: Sent[] = [];

  async function fetch(request: Request): Promise<Response> {
    const body = await request.clone().text();
    const path = request.url.slice(emulator.apiUrl.length);
    const one = { method: request.method, path, body: body === "" ? undefined : JSON.parse(body) };
    sent.push(one);
    const pass = () => emulator.fetch(request);
    return between ? between(one, pass) : pass();
  }
  const { apiUrl, apiSecretKey } = emulator;
  const authsignal = new Authsignal({ apiUrl, apiSecretKey, fetch, ...client });

  /** Migrates the file, and returns the report with all rows. */
  async function migrate(more: Partial<MigrationOptions> = {}) {
    const rows: MigratedRow[] = [];
    const onRow = (row: MigratedRow) => rows.push(row);
    const report = await migrateAuthyUsers({ authsignal, file, apply: true, settleTime: 0, onRow, ...more });
    return { report, rows };
  }
  return {
    emulator,
    authsignal,
    file,
    folder: home.path,
    sent,
    migrate,
    /** What was sent that changes something. */
    changes: () => sent.filter(({ method }) => method !== "GET"),
    async [Symbol.asyncDispose]() {
      await emulator.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** A CSV with rows below the usual header. */
export function csv(...rows: string[]): string {
  return [HEADER, ...rows, ""].join("\n");
}

/** A row of its own user, confirmed unless it is told otherwise. */
export function rowOf(index: number, confirmed = true): string {
  return `usr_${index},${40_000_000 + index},user${index}@example.com,1,${numberOf(index)},${confirmed}`;
}

/** The national number of a user. */
export function numberOf(index: number): string {
  return `415555${String(index).padStart(4, "0")}`;
}

/** The SMS authenticators of a user. */
export function enrolledBy(emulator: Emulator, userId: string): string[] {
  const { authenticators = [] } = emulator.export();
  return authenticators
    .filter((one) => one.userId === userId && one.verificationMethod === "SMS")
    .map(({ phoneNumber }) => phoneNumber ?? "");
}

/** What happens to a call that goes wrong. */
export type Mishap = "429" | "500" | "500 though done" | "reset" | "lost answer";

/**
 * A port in front of an emulator at which some calls go wrong, by a rule of the test.
 * @param mishapOf Told how many calls came so far.
 */
export async function faultyPort(emulator: Emulator, mishapOf: (count: number, request: Sent) => Mishap | undefined) {
  let count = 0;
  /** How often an enrollment was carried out, by user. */
  const enrollments = new Map<string, number>();

  const server = createServer(async (request, response) => {
    let body = "";
    try {
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
    } catch {
      return;
    }
    const { method = "", url: path = "", headers } = request;
    const mishap = mishapOf(count++, { method, path, body });
    if (mishap === "reset") return response.destroy();
    if (mishap === "429") return response.writeHead(429, { "retry-after": "0" }).end("{}");
    if (mishap === "500") return response.writeHead(500).end("{}");

    const { authorization = "" } = headers;
    const answer = await emulator.fetch(`${emulator.origin}${path}`, {
      method,
      body: body || undefined,
      headers: { authorization },
    });
    const userId = /^\/v1\/users\/([^/]+)\/authenticators$/.exec(path)?.[1];
    if (method === "POST" && userId && answer.ok) enrollments.set(userId, (enrollments.get(userId) ?? 0) + 1);
    if (mishap === "lost answer") return response.destroy();
    if (mishap === "500 though done") return response.writeHead(500).end("{}");
    return response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return {
    apiUrl: `http://127.0.0.1:${address.port}/v1`,
    enrollments,
    calls: () => count,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Numbers from 0 up to 1 that are the same in every run. */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
