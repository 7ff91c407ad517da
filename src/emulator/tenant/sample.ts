import type { Seed } from "../state/rows.ts";
import { type Rows, SAMPLE_CODE, SampleHistory, type SentMessage } from "./sample-history.ts";

/** Which tenant the sample is for. */
export interface SampleOptions {
  readonly tenantId: string;
  /** The address of the emulator. */
  readonly origin: string;
  /** The time of the newest entry, in milliseconds since 1970. Default: now. */
  readonly now?: number | undefined;
}

const USERS: Rows<"users"> = [
  { userId: "jo", email: "jo@example.com", emailVerified: true, phoneNumber: "+64270000000", displayName: "Jo" },
  { userId: "kim", email: "kim@example.com", displayName: "Kim" },
  { userId: "lee", displayName: "Lee" },
  { userId: "ada", email: "ada@example.com", emailVerified: true, displayName: "Ada", custom: { tier: "gold" } },
  { userId: "sam", email: "sam@example.com", displayName: "Sam" },
];

const AUTHENTICATORS: Rows<"authenticators"> = [
  { userId: "jo", userAuthenticatorId: "sample-jo-sms", verificationMethod: "SMS", phoneNumber: "+64270000000" },
  { userId: "jo", userAuthenticatorId: "sample-jo-email", verificationMethod: "EMAIL_OTP", email: "jo@example.com" },
  {
    userId: "kim",
    userAuthenticatorId: "sample-kim-app",
    verificationMethod: "AUTHENTICATOR_APP",
    otpUri: "otpauth://totp/Example:kim?secret=JBSWY3DPEHPK3PXP&issuer=Example",
  },
  {
    userId: "lee",
    userAuthenticatorId: "sample-lee-passkey",
    verificationMethod: "PASSKEY",
    credentialId: "bGVlJ3MgcGFzc2tleQ",
    name: "Lee's key",
  },
  {
    userId: "ada",
    userAuthenticatorId: "sample-ada-link",
    verificationMethod: "EMAIL_MAGIC_LINK",
    email: "ada@example.com",
  },
];

const NEW_PAYEE = { ruleId: "sample-new-payee", name: "Payout to a new payee" };
const FAR_AWAY = { ruleId: "sample-far-away", name: "Sign-in from a blocked country" };
const WITHDRAW = { ruleId: "sample-withdraw", name: "withdraw is CHALLENGE" };
const TRANSFER = { ruleId: "sample-transfer", name: "transfer is REVIEW" };

const RULES: Rows<"rules"> = [
  { ...NEW_PAYEE, action: "payout", where: { custom: { isNewPayee: true } }, outcome: "CHALLENGE" },
  {
    ...FAR_AWAY,
    description: "Blocks sign-ins from countries where we do no business.",
    action: "signIn",
    where: { custom: { country: "XX" } },
    outcome: "BLOCK",
  },
  { ...WITHDRAW, action: "withdraw", outcome: "CHALLENGE" },
  { ...TRANSFER, action: "transfer", outcome: "REVIEW" },
];

const DAY = 24 * 60 * 60;

const SMS: SentMessage = { channel: "SMS", to: "+64270000000", verificationMethod: "SMS" };
const EMAIL: SentMessage = { channel: "EMAIL", to: "jo@example.com", verificationMethod: "EMAIL_OTP" };
const LINK: SentMessage = {
  channel: "EMAIL",
  to: "ada@example.com",
  verificationMethod: "EMAIL_MAGIC_LINK",
  isLink: true,
};

/** Returns users, rules and some history, to look at and to try things with. */
export function sampleSeed({ tenantId, origin, now = Date.now() }: SampleOptions): Seed {
  const history = new SampleHistory({ tenantId, origin, now, authenticators: AUTHENTICATORS });
  addOldActions(history);
  addSmsWithWebhooks(history);
  addPendingActions(history);
  return {
    users: USERS.map((user, index) => ({ ...user, createdAt: history.at((30 - index) * DAY) })),
    authenticators: AUTHENTICATORS.map((row) => ({
      ...row,
      createdAt: history.at(20 * DAY),
      verifiedAt: history.at(20 * DAY),
    })),
    devices: [
      { userId: "jo", deviceId: "sample-device", createdAt: history.at(20 * DAY), authenticatedAt: history.at(7 * 60) },
    ],
    rules: RULES,
    ...history.rows,
  };
}

/** Adds actions that are over: confirmed, under review, blocked, failed by wrong codes, and allowed. */
function addOldActions(history: SampleHistory): void {
  history.track({
    age: 2 * DAY,
    action: { userId: "kim", actionCode: "withdraw", rules: [WITHDRAW], outcome: "CHALLENGE" },
    end: { after: 21, state: "CHALLENGE_SUCCEEDED", verificationMethod: "AUTHENTICATOR_APP" },
  });
  history.track({
    age: 3 * 60 * 60,
    action: {
      userId: "lee",
      actionCode: "transfer",
      rules: [TRANSFER],
      outcome: "REVIEW",
      custom: { amount: 25_000, currency: "NZD" },
    },
  });
  history.track({
    age: 70 * 60,
    action: { userId: "ada", actionCode: "withdraw", rules: [WITHDRAW], outcome: "CHALLENGE" },
    message: LINK,
    end: { after: 48, state: "CHALLENGE_SUCCEEDED", verificationMethod: "EMAIL_MAGIC_LINK" },
  });
  history.track({
    age: 41 * 60,
    action: { userId: "sam", actionCode: "signIn", rules: [FAR_AWAY], outcome: "BLOCK", custom: { country: "XX" } },
  });
  history.track({
    age: 26 * 60,
    action: {
      userId: "jo",
      actionCode: "payout",
      rules: [NEW_PAYEE],
      outcome: "CHALLENGE",
      custom: { isNewPayee: true },
    },
    message: EMAIL,
    end: { after: 95, state: "CHALLENGE_FAILED", wrongCodes: 11 },
  });
  history.track({
    age: 12 * 60,
    action: { userId: "lee", actionCode: "signIn", outcome: "ALLOW", custom: { country: "NZ" } },
  });
}

/** Adds an action that was confirmed by a text message, an event that was delivered, and an event that was not. */
function addSmsWithWebhooks(history: SampleHistory): void {
  const age = 7 * 60;
  const idempotencyKey = history.track({
    age,
    action: {
      userId: "jo",
      actionCode: "withdraw",
      rules: [WITHDRAW],
      outcome: "CHALLENGE",
      custom: { amount: 250, currency: "NZD" },
    },
    message: SMS,
    end: { after: 19, state: "CHALLENGE_SUCCEEDED", verificationMethod: "SMS" },
  });
  history.deliver({
    age: age - 4,
    type: "sms.created",
    data: { to: SMS.to, code: SAMPLE_CODE, userId: "jo", actionCode: "withdraw", idempotencyKey },
    attempts: [{ status: 204 }],
  });
  history.deliver({
    age: age - 19,
    type: "authenticator.updated",
    data: {
      userId: "jo",
      verificationMethod: "SMS",
      updatedAt: history.at(age - 19),
      userAuthenticatorId: AUTHENTICATORS[0]?.userAuthenticatorId,
      phoneNumber: SMS.to,
      previousSmsChannel: "DEFAULT",
    },
    attempts: Array.from({ length: 4 }, () => ({ status: 404, response: "There is no such route" })),
  });
}

/** Adds two actions that can still be confirmed: the first by a link, the second by a code. */
function addPendingActions(history: SampleHistory): void {
  history.track({
    age: 3 * 60,
    action: { userId: "ada", actionCode: "withdraw", rules: [WITHDRAW], outcome: "CHALLENGE" },
    message: LINK,
  });
  history.track({
    age: 40,
    action: {
      userId: "jo",
      actionCode: "withdraw",
      rules: [WITHDRAW],
      outcome: "CHALLENGE",
      redirectUrl: "http://localhost:3000/",
      custom: { amount: 1_200, currency: "NZD" },
    },
    message: SMS,
  });
}
