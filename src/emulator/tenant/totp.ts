import { TOTP, URI } from "otpauth";

const MOST_DIGITS = 10;

/** The time-based one-time password (RFC 6238) of an otpauth URI; undefined when it is none. */
export function totpOf(otpUri: string): TOTP | undefined {
  try {
    const otp = URI.parse(otpUri);
    return otp instanceof TOTP && otp.digits <= MOST_DIGITS ? otp : undefined;
  } catch {
    return undefined;
  }
}
