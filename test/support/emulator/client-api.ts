import { URI } from "otpauth";
import type { Emulator, EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { action, CODE, email, phoneNumber, start, userId } from "./emulator.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly [field: string]: unknown };
}

export const WRONG_CODE = "654321";
export const isWrong = { isVerified: false, failureReason: "CODE_INVALID_OR_EXPIRED" };
export const isExhausted = { isVerified: false, failureReason: "MAX_ATTEMPTS_EXCEEDED" };

/** Sends what the browser SDK sends: an Authorization and a Content-Type always, and a body only where it has one. */
export async function post(
  emulator: Emulator,
  path: string,
  token: string | undefined,
  body?: object,
): Promise<Answer> {
  const response = await emulator.fetch(`${emulator.apiUrl}/client/${path}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: token === undefined ? `Basic ${btoa(emulator.tenantId)}` : `Bearer ${token}`,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: Object(await response.json()) };
}

/** How a request is refused. */
export function refusal(status: number, code: string, errorDescription: unknown = expectedText()) {
  return { status, body: { error: code, errorCode: code, errorDescription } };
}

function expectedText() {
  return {
    asymmetricMatch: (value: unknown) => typeof value === "string" && value.length > 10,
    toString: () => "text",
  };
}

/** What the methods of the Client API need to be enrolled, sent and verified. */
export const METHODS = {
  SMS: { path: "sms", contact: { phoneNumber } },
  WHATSAPP: { path: "whatsapp", contact: { phoneNumber } },
  EMAIL_OTP: { path: "email-otp", contact: { email } },
  EMAIL_MAGIC_LINK: { path: "email-magic-link", contact: { email } },
} as const;

/** An emulator with a user, and what a page of the app does with it. */
export function startClient(options: EmulatorOptions = {}) {
  const { emulator, authsignal, enroll } = start(options);

  /** The token of a new action, which is challenged if the user has enrolled something. */
  const track = async (attributes: { scope?: string } = {}, user = userId) =>
    (await authsignal.track({ userId: user, action, attributes })).token;

  const enrollMethod = (attributes: Parameters<typeof authsignal.enrollVerifiedAuthenticator>[0]["attributes"]) =>
    authsignal.enrollVerifiedAuthenticator({ userId, attributes });

  const send = (path: string, token: string | undefined, body?: object) => post(emulator, path, token, body);

  /** Answers the link of the newest message, as the button on its page does. */
  const answerLink = async (answer: "approve" | "deny") => {
    const link = new URL(emulator.outbox.list().at(-1)?.url ?? "");
    const { tenant = "", key = "" } = Object.fromEntries(link.searchParams);
    const body = new URLSearchParams({ tenant, key, answer });
    const response = await emulator.fetch(`${link.origin}${link.pathname}`, {
      method: "POST",
      body,
      redirect: "manual",
    });
    return response.status;
  };

  /** Enrolls a phone number through the server, tracks, and passes the challenge; gives the token that comes out. */
  const verified = async () => {
    await enroll();
    const token = await track();
    await send("challenge/sms", token);
    const { body } = await send("verify/sms", token, { verificationCode: CODE });
    return { before: token, token: `${body.accessToken}` };
  };

  return { emulator, authsignal, enroll, enrollMethod, track, send, answerLink, verified };
}

/** What an authenticator app shows that has scanned a URI. */
export function appCode(uri: unknown, emulator: Emulator): string {
  const totp = URI.parse(`${uri}`);
  return totp.generate({ timestamp: emulator.clock.now().getTime() });
}
