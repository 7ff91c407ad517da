import jwt from "jsonwebtoken";
import { afterAll, beforeAll } from "vitest";
import { type Emulator, type EmulatorTenant, type LoggedRequest, startEmulator } from "../../src/emulator/index.ts";
import { Authsignal, CallConnect, type Fetch } from "../../src/index.ts";
import { calls } from "./calls.ts";
import { email, phoneNumber, seed } from "./emulated-seed.ts";
import { only } from "./harness.ts";
import type { Api } from "./spec.ts";

// The emulator as a server for the table: what its requests address is there, and their tokens are real.

/** A tenant of its own that holds the seed. */
export interface Scene {
  readonly emulator: Emulator;
  readonly tenant: EmulatorTenant;
}

/** The emulator of a test file: it lives as long as the file's tests. */
export function useEmulator(): { readonly emulator: Emulator; scene(): Scene } {
  let emulator: Emulator | undefined;
  let count = 0;
  const running = (): Emulator => {
    if (!emulator) throw new Error("The emulator runs in tests only");
    return emulator;
  };
  beforeAll(async () => {
    emulator = await startEmulator({ allowedRedirects: ["https://app.example.com"] });
  });
  afterAll(() => emulator?.close());
  return {
    get emulator() {
      return running();
    },
    scene() {
      count += 1;
      const tenant = running().tenant(`sk_emulator_contract_${count}`);
      tenant.import(seed);
      return { emulator: running(), tenant };
    },
  };
}

export interface Access {
  readonly apiUrl: string;
  readonly apiSecretKey: string;
}

/** Where an API of the emulator is, and the key for it. */
export function accessTo(api: Api, { emulator, tenant }: Scene): Access {
  return api === "authsignal"
    ? { apiUrl: emulator.apiUrl, apiSecretKey: tenant.apiSecretKey }
    : { apiUrl: emulator.origin, apiSecretKey: tenant.callConnectSecretKey };
}

/** Our client of an API. */
export function facadeAt(api: Api, access: Access, fetch?: Fetch): Authsignal | CallConnect {
  const options = { ...access, fetch, retries: 0 };
  return api === "authsignal" ? new Authsignal(options) : new CallConnect(options);
}

/** The identity token of another server. */
const identityToken = jwt.sign({ sub: "1234567890", email }, "the secret of another server", { noTimestamp: true });

/** What must be real in the requests of an operation, and what must have happened before. */
const REAL: Readonly<Record<string, (scene: Scene) => object | Promise<object>>> = {
  queryUsers: () => ({ token: identityToken }),
  claimChallenge: async (scene) => {
    await serverApi(scene).verify(calls.verify.requests.code);
    return {};
  },
  validateChallenge: stepUp,
  createSession: stepUp,
  validateSession: newSession,
  refreshSession: newSession,
  revokeSession: newSession,
  revokeUserSessions: newSession,
};

/** A request of the table whose tokens are real; what it is about is there. */
export async function readied(
  scene: Scene,
  name: string,
  request: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const real = (await REAL[name]?.(scene)) ?? {};
  const replaced = Object.entries(real).filter(([field]) => field in Object(request));
  scene.tenant.requests.clear();
  return { ...Object(request), ...Object.fromEntries(replaced) };
}

/** The one request that has come in, as the emulator tells it. */
export const logged = ({ tenant }: Scene): LoggedRequest => only(tenant.requests.list());

function serverApi(scene: Scene): Authsignal {
  return new Authsignal({ ...accessTo("authsignal", scene), retries: 0 });
}

/** Walks the whole way: the user tracks the action of the table, gets a text and enters its code. */
export async function stepUp(scene: Scene): Promise<{ token: string }> {
  const { emulator, tenant } = scene;
  const { url } = await serverApi(scene).track(calls.track.requests.withdrawal);
  const visit = await emulator.visit(url);
  await visit.choose("SMS");
  const { code } = await tenant.outbox.waitFor({ to: phoneNumber });
  return visit.enter(code);
}

async function newSession(scene: Scene): Promise<{ accessToken: string; refreshToken: string }> {
  const { token } = await stepUp(scene);
  return serverApi(scene).createSession({ ...calls.createSession.requests.create, token });
}
