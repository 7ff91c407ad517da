import { TOTP, URI } from "otpauth";

/** Longer codes would be padded with zeros: the 31 bits of RFC 4226 give 10 digits. */
const MAX_DIGITS = 10;

/** Returns the time-based one-time password (RFC 6238) of an otpauth URI; undefined for another text. */
export function totpOf(otpUri: string): TOTP | undefined {
  try {
    const otp = URI.parse(otpUri);
    return otp instanceof TOTP && otp.digits <= MAX_DIGITS ? otp : undefined;
  } catch {
    return undefined;
  }
}
