import type { Message, Seed } from "../state/rows.ts";
import { VisitError } from "../visit/page.ts";

/**
 * An emulator in this process or in another one, as `startEmulator` and `authsignal-emulator --json` give it; or one of its
 * tenants.
 */
export interface ReachableEmulator {
  /** Its address, without a slash at its end. */
  readonly origin: string;
  /** The secret key of the tenant, when it is not the default one. */
  readonly apiSecretKey?: string | undefined;
}

/** A challenge as its page tells it. */
export interface ShownChallenge {
  readonly challengeId: string;
  readonly method: string;
  readonly userId: string;
}

/**
 * The code that a challenge asks for: that of its message, of the authenticator app, or a recovery code.
 * @throws VisitError when there is none.
 */
export async function codeFor(emulator: ReachableEmulator, challenge: ShownChallenge): Promise<string> {
  const { method, userId } = challenge;
  if (method === "AUTHENTICATOR_APP") {
    const { code } = await ask<{ code: string }>(emulator, `totp?${new URLSearchParams({ userId })}`);
    return code;
  }
  if (method === "RECOVERY_CODE") {
    const { recoveryCodes = [] } = await ask<Seed>(emulator, "state");
    const code = recoveryCodes.find((one) => one.userId === userId && one.usedAt === undefined)?.code;
    if (code === undefined) throw new VisitError(`${userId} has no recovery code left`);
    return code;
  }
  const { code } = await messageFor(emulator, challenge);
  if (code === undefined) throw new VisitError(`The message of ${method} has no code to enter`);
  return code;
}

/**
 * The newest message that was sent for a challenge.
 * @throws VisitError when there is none.
 */
export async function messageFor(emulator: ReachableEmulator, challenge: ShownChallenge): Promise<Message> {
  const { challengeId, method, userId } = challenge;
  const messages = await ask<Message[]>(emulator, `outbox?${new URLSearchParams({ userId })}`);
  const message = messages.findLast((one) => one.challengeId === challengeId);
  if (message) return message;
  throw new VisitError(
    `The outbox has no message of ${method} for this challenge of ${userId}. Was it cleared, or is the apiSecretKey that of another tenant?`,
  );
}

/** Asks the control API, because the emulator may be in another process. */
async function ask<Answer>({ origin, apiSecretKey }: ReachableEmulator, what: string): Promise<Answer> {
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
