import { randomInt } from "node:crypto";
import { isEqualInConstantTime } from "../../platform/constant-time.ts";
import type { Challenge, RecoveryCode } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { totpOf } from "../tenant/totp.ts";
import { channelOf } from "./messages.ts";
import { unusedRecoveryCodes } from "./recovery-codes.ts";

const CODE_LENGTH = 6;
/** How many periods a time-based code may be early or late (RFC 6238, section 5.2). */
const TOTP_WINDOW = 1;

/** Generates the one-time code of a challenge by the option `otp`. */
export function generateCode(
  { settings: { otp } }: Tenant,
  challenge: Pick<
    Challenge,
    "verificationMethod" | "smsChannel" | "userId" | "action" | "locale" | "phoneNumber" | "email"
  >,
): string {
  if (otp === "random") return `${randomInt(10 ** CODE_LENGTH)}`.padStart(CODE_LENGTH, "0");
  if (typeof otp === "string") return otp;
  const { userId, action, locale, phoneNumber, email } = challenge;
  const code = otp({ channel: channelOf(challenge) ?? "SMS", to: phoneNumber ?? email ?? "", userId, action, locale });
  if (typeof code !== "string" || code === "") {
    throw new TypeError("The function otp must give a text that is not empty");
  }
  return code;
}

/** Whether a code is the correct code of a challenge. Does not check whether the challenge is open. */
export function matchesCode(tenant: Tenant, challenge: Challenge, code: string): boolean {
  switch (challenge.verificationMethod) {
    case "AUTHENTICATOR_APP":
      return findTotpCounter(tenant, challenge, code) !== undefined;
    case "RECOVERY_CODE":
      return findRecoveryCode(tenant, challenge, code) !== undefined;
    default:
      return challenge.code !== "" && isEqualInConstantTime(challenge.code, code);
  }
}

/** Marks a recovery code, or the code of an authenticator app, as used: each works once. */
export function markCodeUsed(tenant: Tenant, challenge: Challenge, code: string): void {
  const { state } = tenant;
  if (challenge.verificationMethod === "RECOVERY_CODE") {
    const found = findRecoveryCode(tenant, challenge, code);
    if (found) state.recoveryCodes.put({ ...found, usedAt: tenant.now() });
  }
  const authenticator = state.authenticators.get(challenge.userAuthenticatorId ?? "");
  if (authenticator && challenge.verificationMethod === "AUTHENTICATOR_APP") {
    state.authenticators.put({ ...authenticator, lastOtpCounter: findTotpCounter(tenant, challenge, code) });
  }
}

/** Returns the counter (RFC 6238) for which an app shows a code; undefined when the code is wrong or was used before. */
function findTotpCounter({ state, clock }: Tenant, challenge: Challenge, code: string): number | undefined {
  const authenticator = state.authenticators.get(challenge.userAuthenticatorId ?? "");
  const otpUri = challenge.otpUri ?? authenticator?.otpUri;
  const totp = otpUri === undefined ? undefined : totpOf(otpUri);
  const timestamp = clock.milliseconds;
  const delta = totp?.validate({ token: code.trim(), timestamp, window: TOTP_WINDOW }) ?? null;
  if (!totp || delta === null) return undefined;
  const counter = totp.counter({ timestamp }) + delta;
  return counter > (authenticator?.lastOtpCounter ?? Number.NEGATIVE_INFINITY) ? counter : undefined;
}

function findRecoveryCode(tenant: Tenant, { userId = "" }: Challenge, code: string): RecoveryCode | undefined {
  return unusedRecoveryCodes(tenant, userId).find((row) => isEqualInConstantTime(row.code, code.trim().toLowerCase()));
}
