import { fieldOf } from "../../platform/fields.ts";
import { VisitError } from "../visit/page.ts";

/** An emulator in this process or in another one, as `startEmulator` and `authsignal-emulator --json` return it; or a tenant. */
export interface ReachableEmulator {
  /** Its address, without a slash at its end. */
  readonly origin: string;
  /** The secret key of the tenant, when it is not the default one. */
  readonly apiSecretKey?: string | undefined;
}

/** The challenge of a page, read from the attributes of the page. */
export interface ShownChallenge {
  readonly challengeId: string;
  readonly method: string;
  readonly userId: string;
}

/** The code or the link of a message. */
export interface MessageContent {
  readonly code: string | undefined;
  readonly url: string | undefined;
}

/**
 * Returns the code that passes a challenge: that of its message, of the authenticator app, or a recovery code.
 * @throws VisitError when there is none.
 */
export async function codeFor(emulator: ReachableEmulator, challenge: ShownChallenge): Promise<string> {
  const { method, userId } = challenge;
  if (method === "AUTHENTICATOR_APP") {
    const code = textIn(await callControlApi(emulator, `totp?${new URLSearchParams({ userId })}`), "code");
    if (code === undefined) throw new VisitError(`The emulator returned no code of the authenticator app of ${userId}`);
    return code;
  }
  if (method === "RECOVERY_CODE") {
    const codes = listIn(fieldOf(await callControlApi(emulator, "state"), "recoveryCodes"));
    const unused = codes.find((one) => textIn(one, "userId") === userId && textIn(one, "usedAt") === undefined);
    const code = textIn(unused, "code");
    if (code === undefined) throw new VisitError(`${userId} has no recovery code left`);
    return code;
  }
  const { code } = await messageFor(emulator, challenge);
  if (code === undefined) throw new VisitError(`The message of ${method} has no code to enter`);
  return code;
}

/**
 * Returns the content of the newest message of a challenge.
 * @throws VisitError when there is none.
 */
export async function messageFor(emulator: ReachableEmulator, challenge: ShownChallenge): Promise<MessageContent> {
  const { challengeId, method, userId } = challenge;
  const messages = listIn(await callControlApi(emulator, `outbox?${new URLSearchParams({ userId })}`));
  const message = messages.findLast((one) => textIn(one, "challengeId") === challengeId);
  if (message !== undefined) return { code: textIn(message, "code"), url: textIn(message, "url") };
  throw new VisitError(
    `The outbox has no message of ${method} for this challenge of ${userId}. Was it cleared, or is the apiSecretKey that of another tenant?`,
  );
}

/** Calls the control API, because the emulator may be in another process. @returns The response body, unchecked. */
async function callControlApi({ origin, apiSecretKey }: ReachableEmulator, path: string): Promise<unknown> {
  const headers = new Headers(
    apiSecretKey === undefined ? [] : [["authorization", `Basic ${btoa(`${apiSecretKey}:`)}`]],
  );
  const response = await fetch(`${origin}/_emulator/${path}`, { headers }).catch((error: unknown) => {
    throw new VisitError(`There is no emulator at ${origin}: give its origin as emulator`, { cause: error });
  });
  const body: unknown = JSON.parse(await response.text());
  if (response.ok) return body;
  throw new VisitError(`The emulator does not tell ${path}: ${textIn(body, "errorDescription")}`);
}

function textIn(value: unknown, name: string): string | undefined {
  const text = fieldOf(value, name);
  return typeof text === "string" ? text : undefined;
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
