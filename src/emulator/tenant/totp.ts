import { TOTP, URI } from "otpauth";

/** The time-based one-time password (RFC 6238) of an otpauth URI; undefined when it is none. */
export function totpOf(otpUri: string): TOTP | undefined {
  try {
    const otp = URI.parse(otpUri);
    return otp instanceof TOTP ? otp : undefined;
  } catch {
    return undefined;
  }
}
