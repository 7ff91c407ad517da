import type { CallOptions } from "../../../http/options.ts";
import type { AuthyApi } from "../../authy.ts";
import { authyIdOf, given, tokenOf } from "../../checks.ts";
import { TokenResult } from "../../results.ts";
import type * as T from "../../types.ts";
import type { KnownAccount } from "./accounts.ts";
import { anyErrorOf, Refusal } from "./carry.ts";
import type { Verdict } from "./codes.ts";
import { BridgePart, type Connection, connectionOf } from "./connection.ts";
import { sharedTime, smsActionOf } from "./options.ts";

const INVALID = ["60020", "Token is invalid"] as const;

/** What Authy would have said. */
const REFUSALS: Readonly<Record<Exclude<Verdict, "right">, readonly [code: string, message: string]>> = {
  wrong: INVALID,
  "none pending": INVALID,
  used: ["60019", "Token is invalid. Token was used recently"],
  "too many": ["60003", "Too many codes were tried"],
};

/** The codes that users type in, checked by Authsignal. */
export class BridgeTokens extends BridgePart implements Pick<AuthyApi["tokens"], keyof AuthyApi["tokens"]> {
  /**
   * Checks the code that a user typed in; let them in only if `ok()`. It must be the newest that `requestSms` sent to this
   * user for this `action`, and works once. The first right one enrolls the number. When that fails, or your
   * signal ends it, the code still counts, as it cannot be used again: see `onEnrollmentFailure`. `force` makes no
   * difference: a code is always checked.
   */
  async verify(
    authyId: T.AuthyId,
    token: string,
    request: T.VerifyTokenRequest = {},
    options?: CallOptions,
  ): Promise<TokenResult> {
    const { action } = given(request);
    authyIdOf(authyId);
    const code = tokenOf(token);
    const connection = connectionOf(this);
    const { settings, accounts, codes, carry } = connection;
    const actionCode = smsActionOf(settings, action);
    return carry(TokenResult, async () => {
      const call = sharedTime(options);
      const account = await accounts.findReachable(authyId, call());
      const purpose = { userId: account.userId, phoneNumber: account.phone.e164, action: actionCode };
      const verdict = await codes.check(purpose, code, call);
      if (verdict !== "right") throw refusalOf(verdict);
      await confirm(connection, account, call);
      return { message: "Token is valid.", token: "is valid", success: true };
    });
  }
}

/** Enrolls a number after its code was right. That cannot be taken back, so nothing that happens here ends the call. */
async function confirm(
  { accounts, settings }: Connection,
  account: KnownAccount,
  call: () => CallOptions | undefined,
): Promise<void> {
  try {
    await accounts.confirm(account, call);
  } catch (reason) {
    const { authyId, userId } = account;
    const tell = async () => settings.onEnrollmentFailure(anyErrorOf(reason), { authyId, userId });
    tell().catch(() => {});
  }
}

function refusalOf(verdict: keyof typeof REFUSALS): Refusal {
  const [code, message] = REFUSALS[verdict];
  const wasTried = verdict === "wrong" || verdict === "too many";
  const details = wasTried ? { attempts: 1, mayHaveBeenProcessed: true } : {};
  return new Refusal(code, message, { fields: { token: "is invalid" }, ...details });
}
