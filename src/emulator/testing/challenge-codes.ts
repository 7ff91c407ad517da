import type { Message, Seed } from "../state/rows.ts";
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

/**
 * Returns the code that passes a challenge: that of its message, of the authenticator app, or a recovery code.
 * @throws VisitError when there is none.
 */
export async function codeFor(emulator: ReachableEmulator, challenge: ShownChallenge): Promise<string> {
  const { method, userId } = challenge;
  if (method === "AUTHENTICATOR_APP") {
    const { code } = await callControlApi<{ code: string }>(emulator, `totp?${new URLSearchParams({ userId })}`);
    return code;
  }
  if (method === "RECOVERY_CODE") {
    const { recoveryCodes = [] } = await callControlApi<Seed>(emulator, "state");
    const code = recoveryCodes.find((one) => one.userId === userId && one.usedAt === undefined)?.code;
    if (code === undefined) throw new VisitError(`${userId} has no recovery code left`);
    return code;
  }
  const { code } = await messageFor(emulator, challenge);
  if (code === undefined) throw new VisitError(`The message of ${method} has no code to enter`);
  return code;
}

/**
 * Returns the newest message of a challenge.
 * @throws VisitError when there is none.
 */
export async function messageFor(emulator: ReachableEmulator, challenge: ShownChallenge): Promise<Message> {
  const { challengeId, method, userId } = challenge;
  const messages = await callControlApi<Message[]>(emulator, `outbox?${new URLSearchParams({ userId })}`);
  const message = messages.findLast((one) => one.challengeId === challengeId);
  if (message) return message;
  throw new VisitError(
    `The outbox has no message of ${method} for this challenge of ${userId}. Was it cleared, or is the apiSecretKey that of another tenant?`,
  );
}

/** Calls the control API, because the emulator may be in another process. */
async function callControlApi<Answer>({ origin, apiSecretKey }: ReachableEmulator, what: string): Promise<Answer> {
  const headers = new Headers(
    apiSecretKey === undefined ? [] : [["authorization", `Basic ${btoa(`${apiSecretKey}:`)}`]],
  );
  const address = `${origin}/_emulator/${what}`;
  const response = await fetch(address, { headers }).catch((error: unknown) => {
    throw new VisitError(`There is no emulator at ${origin}: give its origin as emulator`, { cause: error });
  });
  const answer = JSON.parse(await response.text());
  if (response.ok) return answer;
  throw new VisitError(`The emulator does not tell ${what}: ${answer.errorDescription}`);
}
