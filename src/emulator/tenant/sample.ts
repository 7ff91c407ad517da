import type { Action, Seed } from "../state/rows.ts";

/** Whose sample it is, and how the emulator is reached. */
export interface SampleOptions {
  readonly tenantId: string;
  /** The address of the emulator. */
  readonly origin: string;
  /** When the newest of it happened, in milliseconds. Now when left out. */
  readonly now?: number | undefined;
}

type Rows<Name extends keyof Seed> = NonNullable<Seed[Name]>;

/** What is in a message of the sample. */
interface Sent {
  readonly channel: Rows<"messages">[number]["channel"];
  readonly to: string;
  readonly verificationMethod: string;
  readonly isLink?: boolean | undefined;
}

const CODE = "123456";
const CODE_LIFETIME = 600;
/** How long after a failed attempt an event is sent again, in seconds. */
const PAUSE = 30;
const MODES = { "sms.created": "synchronous", "authenticator.updated": "asynchronous" } as const;

type Attempt = Rows<"deliveries">[number]["attempts"][number];

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
    description: "Nobody signs in from where we do no business.",
    action: "signIn",
    where: { custom: { country: "XX" } },
    outcome: "BLOCK",
  },
  { ...WITHDRAW, action: "withdraw", outcome: "CHALLENGE" },
  { ...TRANSFER, action: "transfer", outcome: "REVIEW" },
];

const SMS: Sent = { channel: "SMS", to: "+64270000000", verificationMethod: "SMS" };
const EMAIL: Sent = { channel: "EMAIL", to: "jo@example.com", verificationMethod: "EMAIL_OTP" };
const LINK: Sent = { channel: "EMAIL", to: "ada@example.com", verificationMethod: "EMAIL_MAGIC_LINK", isLink: true };

/** Users, rules and what happened lately, to look at and to try things with. */
export function sampleSeed({ tenantId, origin, now = Date.now() }: SampleOptions): Seed {
  const actions: Rows<"actions"> = [];
  const deliveries: Rows<"deliveries"> = [];
  const challenges: Rows<"challenges"> = [];
  const messages: Rows<"messages"> = [];
  const at = (secondsAgo: number) => new Date(now - secondsAgo * 1_000).toISOString();

  /** Something that somebody did. @param age How long ago, in seconds. */
  const add = (age: number, action: Pick<Action, "userId" | "actionCode" | "state"> & Partial<Action>, took = 0) => {
    const idempotencyKey = `sample-${actions.length + 1}`;
    const times = { createdAt: at(age), updatedAt: at(age - took), stateUpdatedAt: at(age - took) };
    actions.push({ idempotencyKey, actionId: `${idempotencyKey}-id`, ...times, ipAddress: "203.0.113.7", ...action });
    return { ...action, idempotencyKey, age };
  };
  /** A message about it. @param passed How many seconds later somebody did what it asks for. */
  const send = (
    { userId, actionCode: action, idempotencyKey, age }: ReturnType<typeof add>,
    sent: Sent,
    passed?: number,
    wrong: Pick<Rows<"challenges">[number], "wrongCodes" | "lastWrongCodeAt"> = {},
  ) => {
    const { channel, to, verificationMethod, isLink = false } = sent;
    const createdAt = at(age - 4);
    const challengeId = `${idempotencyKey}-challenge`;
    const key = `${idempotencyKey}-key`;
    const common = { userId, action, idempotencyKey, challengeId, createdAt };
    const done = passed === undefined ? {} : { verifiedAt: at(age - passed), claimedAt: at(age - passed) };
    challenges.push({
      ...common,
      verificationMethod,
      code: isLink ? "" : CODE,
      key,
      ...(channel === "SMS" ? { phoneNumber: to } : { email: to }),
      userAuthenticatorId: AUTHENTICATORS.find(
        (one) => one.userId === userId && one.verificationMethod === verificationMethod,
      )?.userAuthenticatorId,
      expiresAt: at(age - 4 - CODE_LIFETIME),
      ...done,
      ...wrong,
    });
    messages.push({
      ...common,
      messageId: `${idempotencyKey}-message`,
      channel,
      to,
      ...(isLink
        ? { url: `${origin}/challenge/link?${new URLSearchParams({ tenant: tenantId, key })}` }
        : { code: CODE }),
    });
  };
  /** An event that was sent. @param attempts What came of each attempt. */
  const tell = (
    age: number,
    type: keyof typeof MODES,
    data: object,
    attempts: readonly Pick<Attempt, "status" | "error" | "response">[],
  ) => {
    const id = `sample-delivery-${deliveries.length + 1}`;
    const event = { version: 1, id, source: "https://authsignal.com", time: at(age), tenantId, type, data };
    deliveries.push({
      deliveryId: id,
      type,
      url: "http://localhost:3000/webhooks",
      body: JSON.stringify(event),
      mode: MODES[type],
      createdAt: at(age),
      attempts: attempts.map((made, index) => ({ at: at(age - index * PAUSE), duration: 12 + index, ...made })),
      state: attempts.some(({ status = 0 }) => status >= 200 && status < 300) ? "delivered" : "failed",
    });
  };
  const succeeded = (verificationMethod: string) =>
    ({ state: "CHALLENGE_SUCCEEDED", outcome: "CHALLENGE", verificationMethod }) as const;

  const DAY = 24 * 60 * 60;
  add(2 * DAY, { userId: "kim", actionCode: "withdraw", rules: [WITHDRAW], ...succeeded("AUTHENTICATOR_APP") }, 21);
  add(3 * 60 * 60, {
    userId: "lee",
    actionCode: "transfer",
    rules: [TRANSFER],
    outcome: "REVIEW",
    state: "REVIEW_REQUIRED",
    custom: { amount: 25_000, currency: "NZD" },
  });
  send(
    add(70 * 60, { userId: "ada", actionCode: "withdraw", rules: [WITHDRAW], ...succeeded("EMAIL_MAGIC_LINK") }, 48),
    LINK,
    48,
  );
  add(41 * 60, {
    userId: "sam",
    actionCode: "signIn",
    rules: [FAR_AWAY],
    outcome: "BLOCK",
    state: "BLOCK",
    custom: { country: "XX" },
  });
  send(
    add(
      26 * 60,
      {
        userId: "jo",
        actionCode: "payout",
        rules: [NEW_PAYEE],
        outcome: "CHALLENGE",
        state: "CHALLENGE_FAILED",
        custom: { isNewPayee: true },
      },
      95,
    ),
    EMAIL,
    undefined,
    { wrongCodes: 11, lastWrongCodeAt: at(26 * 60 - 95) },
  );
  add(12 * 60, { userId: "lee", actionCode: "signIn", outcome: "ALLOW", state: "ALLOW", custom: { country: "NZ" } });
  send(
    add(
      7 * 60,
      {
        userId: "jo",
        actionCode: "withdraw",
        rules: [WITHDRAW],
        custom: { amount: 250, currency: "NZD" },
        ...succeeded("SMS"),
      },
      19,
    ),
    SMS,
    19,
  );
  const { idempotencyKey = "" } = actions.at(-1) ?? {};
  tell(7 * 60 - 4, "sms.created", { to: SMS.to, code: CODE, userId: "jo", actionCode: "withdraw", idempotencyKey }, [
    { status: 204 },
  ]);
  const { userAuthenticatorId } = AUTHENTICATORS[0] ?? {};
  tell(
    7 * 60 - 19,
    "authenticator.updated",
    {
      userId: "jo",
      verificationMethod: "SMS",
      updatedAt: at(7 * 60 - 19),
      userAuthenticatorId,
      phoneNumber: SMS.to,
      previousSmsChannel: "DEFAULT",
    },
    Array.from({ length: 4 }, () => ({ status: 404, response: "There is no such route" })),
  );
  send(
    add(3 * 60, {
      userId: "ada",
      actionCode: "withdraw",
      rules: [WITHDRAW],
      outcome: "CHALLENGE",
      state: "CHALLENGE_REQUIRED",
    }),
    LINK,
  );
  send(
    add(40, {
      userId: "jo",
      actionCode: "withdraw",
      rules: [WITHDRAW],
      outcome: "CHALLENGE",
      state: "CHALLENGE_REQUIRED",
      redirectUrl: "http://localhost:3000/",
      custom: { amount: 1_200, currency: "NZD" },
    }),
    SMS,
  );
  return {
    users: USERS.map((user, index) => ({ ...user, createdAt: at((30 - index) * DAY) })),
    authenticators: AUTHENTICATORS.map((row) => ({ ...row, createdAt: at(20 * DAY), verifiedAt: at(20 * DAY) })),
    devices: [{ userId: "jo", deviceId: "sample-device", createdAt: at(20 * DAY), authenticatedAt: at(7 * 60) }],
    actions,
    challenges,
    messages,
    deliveries,
    rules: RULES,
  };
}
