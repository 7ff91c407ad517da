import { randomUUID } from "node:crypto";
import type * as Rows from "./rows.ts";

type Row<Name extends keyof Rows.Seed> = NonNullable<Rows.Seed[Name]> extends readonly (infer One)[] ? One : never;

/** Fills in the ids, times and defaults that a row of a seed leaves out. */
export const withDefaults = {
  user: (row: Row<"users">, now: string): Rows.User => ({
    ...row,
    createdAt: row.createdAt ?? now,
    emailVerified: row.emailVerified ?? false,
    phoneNumberVerified: row.phoneNumberVerified ?? false,
  }),
  authenticator: (row: Row<"authenticators">, now: string): Rows.Authenticator => ({
    ...row,
    userAuthenticatorId: row.userAuthenticatorId ?? randomUUID(),
    createdAt: row.createdAt ?? now,
    verifiedAt: row.verifiedAt ?? now,
  }),
  action: (row: Row<"actions">, now: string): Rows.Action => ({
    ...row,
    idempotencyKey: row.idempotencyKey ?? randomUUID(),
    actionId: row.actionId ?? randomUUID(),
    createdAt: row.createdAt ?? now,
    updatedAt: row.updatedAt ?? now,
    stateUpdatedAt: row.stateUpdatedAt ?? now,
    rules: row.rules ?? [],
    output: row.output ?? {},
  }),
  // Older seeds and data files have the field `isEnrolment`. All of them are read through this function.
  challenge: ({ isEnrolment, isEnrollment = isEnrolment, ...row }: Row<"challenges">, now: string): Rows.Challenge => ({
    ...row,
    ...(isEnrollment !== undefined && { isEnrollment }),
    challengeId: row.challengeId ?? randomUUID(),
    idempotencyKey: row.idempotencyKey ?? randomUUID(),
    code: row.code ?? "123456",
    key: row.key ?? randomUUID(),
    createdAt: row.createdAt ?? now,
    expiresAt: row.expiresAt ?? later(now, 10),
  }),
  session: (row: Row<"sessions">, now: string): Rows.Session => ({
    ...row,
    sessionId: row.sessionId ?? randomUUID(),
    createdAt: row.createdAt ?? now,
    accessTokenId: row.accessTokenId ?? randomUUID(),
    accessExpiresAt: row.accessExpiresAt ?? later(now, 60),
    refreshToken: row.refreshToken ?? randomUUID(),
    refreshExpiresAt: row.refreshExpiresAt ?? later(now, 30 * 24 * 60),
  }),
  call: (row: Row<"calls">, now: string): Rows.Call => ({
    ...row,
    messageId: row.messageId ?? randomUUID(),
    channel: row.channel ?? "WHATSAPP",
    actionCode: row.actionCode ?? "call",
    createdAt: row.createdAt ?? now,
  }),
  device: (row: Row<"devices">, now: string): Rows.Device => ({ ...row, createdAt: row.createdAt ?? now }),
  configuration: (row: Row<"configurations">): Rows.Configuration => ({
    ...row,
    authenticatorId: row.authenticatorId ?? `authenticator_${row.verificationMethod.toLowerCase()}`,
    isActive: row.isActive ?? true,
  }),
};

function later(time: string, minutes: number): string {
  return new Date(Date.parse(time) + minutes * 60_000).toISOString();
}

/** Returns an error message when an authenticator lacks the field that its method needs. */
export function authenticatorProblem(row: Omit<Row<"authenticators">, "userId">): string | undefined {
  const needed = {
    SMS: "phoneNumber",
    WHATSAPP: "phoneNumber",
    EMAIL_OTP: "email",
    EMAIL_MAGIC_LINK: "email",
    AUTHENTICATOR_APP: "otpUri",
    PASSKEY: "credentialId",
  } as const satisfies Record<string, keyof typeof row>;
  const field = new Map(Object.entries(needed)).get(row.verificationMethod);
  return field && !row[field] ? `${field} is required for ${row.verificationMethod}` : undefined;
}
