import { createEmulator, type Emulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { Authsignal, type AuthsignalOptions } from "../../../src/index.ts";

export const userId = "usr_1";
export const phoneNumber = "+64270000000";
export const email = "jo@example.com";
/** Every one-time code, unless the emulator is told otherwise. */
export const CODE = "123456";
/** An action that the rules of `start` challenge. */
export const action = "withdraw";

/** A client of an emulator that makes one attempt. */
export function clientOf(emulator: Emulator, options: Partial<AuthsignalOptions> = {}): Authsignal {
  const { apiSecretKey, apiUrl, fetch } = emulator;
  return new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0, ...options });
}

/** An emulator of one's own, a client, and the longer steps that tests have in common. */
export function start(options: EmulatorOptions = {}) {
  const emulator = createEmulator(options);
  const authsignal = clientOf(emulator);
  emulator.rules.set(action, "CHALLENGE");

  /** Enrolls a phone number by text message. */
  const enroll = (user = userId, number = phoneNumber) =>
    authsignal.enrollVerifiedAuthenticator({
      userId: user,
      attributes: { verificationMethod: "SMS", phoneNumber: number },
    });
  /** Passes the challenge at an address; gives the token that comes back. */
  const pass = async (url: string) => {
    const visit = await emulator.visit(url);
    await visit.choose("SMS");
    return visit.enter(CODE);
  };
  /** Tracks an action that is challenged and passes the challenge. */
  const stepUp = async (user = userId, attributes: { idempotencyKey?: string; deviceId?: string } = {}) => {
    await enroll(user);
    const { url, idempotencyKey } = await authsignal.track({ userId: user, action, attributes });
    return { ...(await pass(url)), idempotencyKey };
  };
  /** Sends a code to the phone number. */
  const send = (to = phoneNumber) =>
    authsignal.challenge({ verificationMethod: "SMS", action: "signIn", phoneNumber: to });
  /** Sends a code and enters it. */
  const sendAndVerify = async (to = phoneNumber) => {
    const { challengeId } = await send(to);
    await authsignal.verify({ challengeId, verificationCode: CODE });
    return challengeId;
  };
  return { emulator, authsignal, enroll, pass, stepUp, send, sendAndVerify };
}

/** The value of the header `authorization` for a secret key. */
export function basic(key: string): string {
  return `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
}

export interface Raw {
  key?: string;
  /** Sent as it is when it is a text, else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Sends what our client would not; `at` is a verb and what follows the address of the API. */
export async function call(emulator: Emulator, at: string, { key, body, headers }: Raw = {}) {
  const [method, path = ""] = at.split(" ");
  const response = await emulator.fetch(`${emulator.apiUrl}${path}`, {
    method,
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    headers: { authorization: basic(key ?? emulator.apiSecretKey), ...headers },
  });
  const text = await response.text();
  const answer: unknown = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, body: answer };
}

/** How a client's call is refused. */
export function refused(statusCode: number, errorCode: string, errorDescription?: unknown) {
  return { statusCode, errorCode, ...(errorDescription !== undefined && { errorDescription }) };
}

/** How a request is refused with 400, by the words of its explanation. */
export function invalid(errorDescription: unknown) {
  return { status: 400, body: { error: "invalid_request", errorCode: "invalid_request", errorDescription } };
}
