import type { CallOptions } from "../../../http/options.ts";
import type { AuthyApi } from "../../authy.ts";
import { authyIdOf, requestObject, tokenOf } from "../../checks.ts";
import { TokenResult } from "../../results.ts";
import type * as T from "../../types.ts";
import type { KnownAccount } from "./accounts.ts";
import { BridgePart, type Connection, connectionOf } from "./connection.ts";
import { BridgeFailure, toReportedError } from "./operation.ts";
import { sharedDeadline, smsActionOf } from "./options.ts";
import type { CodeCheck } from "./sms-codes.ts";

const INVALID = ["60020", "Token is invalid"] as const;

/** The error code and message that Authy has for each failed check. */
const FAILURES: Readonly<Record<Exclude<CodeCheck, "right">, readonly [code: string, message: string]>> = {
  wrong: INVALID,
  "none pending": INVALID,
  used: ["60019", "Token is invalid. Token was used recently"],
  "too many": ["60003", "Too many codes were tried"],
};

/** Checks the codes that users enter, by Authsignal. */
export class BridgeTokens extends BridgePart implements Pick<AuthyApi["tokens"], keyof AuthyApi["tokens"]> {
  /**
   * Checks the code that a user entered; let them in only if `ok()`. It must be the newest that `requestSms` sent to this
   * user for this `action`, and is valid once. The first right one enrolls the number. When the enrollment fails, or your
   * signal ends it, the code still counts, as it cannot be used again: see `onEnrollmentFailure`. `force` makes no
   * difference: a code is always checked.
   */
  async verify(
    authyId: T.AuthyId,
    token: string,
    request: T.VerifyTokenRequest = {},
    options?: CallOptions,
  ): Promise<TokenResult> {
    const { action } = requestObject(request);
    authyIdOf(authyId);
    const code = tokenOf(token);
    const connection = connectionOf(this);
    const { settings, accounts, codes, run } = connection;
    const actionCode = smsActionOf(settings, action);
    return run(TokenResult, async () => {
      const call = sharedDeadline(options);
      const account = await accounts.findReachable(authyId, call());
      const purpose = { userId: account.userId, phoneNumber: account.phone.e164, action: actionCode };
      const check = await codes.check(purpose, code, call);
      if (check !== "right") throw checkFailure(check);
      await confirm(connection, account, call);
      return { message: "Token is valid.", token: "is valid", success: true };
    });
  }
}

/** Enrolls a number after its code was right. The code is used up, so an error here must not fail the call. */
async function confirm(
  { accounts, settings }: Connection,
  account: KnownAccount,
  call: () => CallOptions | undefined,
): Promise<void> {
  try {
    await accounts.confirm(account, call);
  } catch (reason) {
    const { authyId, userId } = account;
    const report = async () => settings.onEnrollmentFailure(toReportedError(reason), { authyId, userId });
    report().catch(() => {});
  }
}

function checkFailure(check: keyof typeof FAILURES): BridgeFailure {
  const [code, message] = FAILURES[check];
  const wasTried = check === "wrong" || check === "too many";
  const details = wasTried ? { attempts: 1, mayHaveBeenProcessed: true } : {};
  return new BridgeFailure(code, message, { fields: { token: "is invalid" }, ...details });
}
