import type { Seed } from "./tenant/rows.ts";

/** Users and rules to try things with. */
export const sample: Seed = {
  users: [
    { userId: "jo", email: "jo@example.com", emailVerified: true, phoneNumber: "+64270000000", displayName: "Jo" },
    { userId: "kim", email: "kim@example.com", displayName: "Kim" },
    { userId: "lee", displayName: "Lee" },
  ],
  authenticators: [
    { userId: "jo", verificationMethod: "SMS", phoneNumber: "+64270000000" },
    { userId: "jo", verificationMethod: "EMAIL_OTP", email: "jo@example.com" },
    {
      userId: "kim",
      verificationMethod: "AUTHENTICATOR_APP",
      otpUri: "otpauth://totp/Example:kim?secret=JBSWY3DPEHPK3PXP&issuer=Example",
    },
    { userId: "lee", verificationMethod: "PASSKEY", credentialId: "bGVlJ3MgcGFzc2tleQ", name: "Lee's key" },
  ],
  rules: [
    { action: "withdraw", outcome: "CHALLENGE" },
    { action: "transfer", outcome: "REVIEW" },
  ],
};
