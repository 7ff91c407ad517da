import type { AuthyResult } from "../../../src/authy/index.ts";
import type { AuthyBridgeOptions } from "../../../src/authy/migrate/bridge/options.ts";
import { createAuthyBridge } from "../../../src/authy/migrate/bridge.ts";
import { createEmulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { Authsignal } from "../../../src/index.ts";

export const PHONE = "+14155550137";
/** The id that the bridge creates for the number. */
export const AUTHY_ID = 1_000_014_155_550_137;
export const USER_ID = `authy-${AUTHY_ID}`;
export const MIRA = { email: "mira.okafor@example.com", cellphone: "415-555-0137", countryCode: 1 };
/** An id that Authy has created. */
export const OLD_ID = 40213377;
/** A code that no message holds. */
export const WRONG = "000000";

/** A request to Authsignal: its method and path without the query, such as `POST /challenge`. */
export interface Sent {
  readonly at: string;
  readonly body: unknown;
}

/** Responds to a request instead of the emulator, or acts before it; undefined passes the request on. */
export type Intercept = (sent: Sent, request: Request) => Response | undefined | Promise<Response | undefined>;

/** Starts a bridge on a new emulator, and records its requests. Codes differ from message to message. */
export function startBridge(options: AuthyBridgeOptions = {}, settings: EmulatorOptions = {}) {
  let lastCode = 100_000;
  const emulator = createEmulator({ otp: () => `${++lastCode}`, ...settings });
  emulator.rules.set("authy-one-touch", "CHALLENGE");
  const sent: Sent[] = [];
  const faults: Intercept[] = [];

  const fetch = async (request: Request) => {
    const text = await request.clone().text();
    const path = new URL(request.url).pathname.replace(/^\/v1/, "");
    const one = { at: `${request.method} ${path}`, body: text === "" ? undefined : JSON.parse(text) };
    sent.push(one);
    for (const fault of faults) {
      const answer = await fault(one, request.clone());
      if (answer) return answer;
    }
    return emulator.fetch(request);
  };
  const { apiSecretKey, apiUrl } = emulator;
  const authsignal = new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 });
  const bridge = createAuthyBridge(authsignal, options);

  /** The newest code that was sent to a number. */
  const codeTo = (number = PHONE) => emulator.outbox.last({ to: number })?.code ?? "no code";
  /** The numbers that are enrolled for a user. */
  const enrolled = async (userId = USER_ID) =>
    (await authsignal.getAuthenticators({ userId })).map((one) => `${one.verificationMethod} ${one.phoneNumber}`);
  /** Registers a user and has a code sent. */
  const createAndSend = async () => {
    await bridge.users.create(MIRA);
    return bridge.users.requestSms(AUTHY_ID);
  };
  /** Registers a user whose number is enrolled. */
  const createConfirmed = () => bridge.users.create({ ...MIRA, verified: true });
  /** How often a request was sent to Authsignal. */
  const count = (at: string) => sent.filter((one) => one.at === at).length;
  return {
    emulator,
    authsignal,
    bridge,
    sent,
    faults,
    codeTo,
    enrolled,
    createAndSend,
    createConfirmed,
    count,
  };
}

/** Returns the error code of a failure. */
export function failureOf(result: AuthyResult<unknown>): string | undefined {
  return result.error?.errorCode;
}

/** Creates a response with a JSON body. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}
