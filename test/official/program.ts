import {
  type ActionAttributes,
  AuthScope,
  Authsignal,
  type AuthsignalConstructor,
  AuthsignalError,
  type EnrollVerifiedAuthenticatorAttributes,
  type GetUserResponse,
  type QueryUserActionsResponse,
  type TrackAttributes,
  type TrackRequest,
  type TrackResponse,
  UserActionState,
  type UserAttributes,
  type ValidateChallengeResponse,
  VerificationMethod,
  type WebhookEvent,
} from "@authsignal/node";

// A program that uses every part of the official SDK and prints the results.

const options: AuthsignalConstructor = {
  apiSecretKey: "sk_program",
  apiUrl: process.env.AUTHSIGNAL_URL,
  retries: 1,
};
const authsignal = new Authsignal(options);

async function mayWithdraw(userId: string, amount: number): Promise<string> {
  const attributes: TrackAttributes = {
    redirectUrl: "https://app.example.com/callback",
    custom: { amount, currency: "NZD", isNewPayee: true },
    scope: [AuthScope.addAuthenticators, AuthScope.readAuthenticators].join(" "),
    idempotencyKey: "withdrawal-1",
  };
  const request: TrackRequest = { userId, action: "withdraw", attributes };
  const result: TrackResponse = await authsignal.track(request);
  switch (result.state) {
    case UserActionState.ALLOW:
      return "allowed";
    case UserActionState.CHALLENGE_REQUIRED:
      return `challenge at ${result.url}`;
    default:
      return `not now: ${result.state}`;
  }
}

async function main(): Promise<void> {
  const userId = "usr_123";
  const user: GetUserResponse = await authsignal.getUser({ userId });
  console.log("enrolled", user.isEnrolled, user.email?.toUpperCase(), user.enrolledVerificationMethods?.length);

  const attributes: UserAttributes = { email: "jo.b@example.com", emailVerified: true };
  console.log("updated", (await authsignal.updateUser({ userId, attributes })).email);

  const sms: EnrollVerifiedAuthenticatorAttributes = {
    verificationMethod: VerificationMethod.SMS,
    phoneNumber: "+64270000000",
  };
  const { authenticator } = await authsignal.enrollVerifiedAuthenticator({ userId, attributes: sms });
  console.log("enrolled", authenticator.verificationMethod, authenticator.userAuthenticatorId);
  for (const one of await authsignal.getAuthenticators({ userId })) console.log("has", one.verificationMethod);

  console.log(await mayWithdraw(userId, 250.5));
  const validated: ValidateChallengeResponse = await authsignal.validateChallenge({
    token: "t",
    userId,
    action: "withdraw",
  });
  console.log("valid", validated.isValid, validated.action, validated.state === UserActionState.CHALLENGE_SUCCEEDED);

  const action = { userId, action: "withdraw", idempotencyKey: "withdrawal-1" };
  console.log("state", (await authsignal.getAction(action)).state);
  const review: ActionAttributes = { state: UserActionState.REVIEW_SUCCEEDED };
  console.log("moved to", (await authsignal.updateAction({ ...action, attributes: review })).state);
  const actions: QueryUserActionsResponse = await authsignal.queryUserActions({
    userId,
    actionCodes: ["signIn", "withdraw"],
  });
  console.log("actions", actions.map(({ actionCode, state }) => `${actionCode} ${state}`).join(", "));
  console.log("found", (await authsignal.queryUsers({ email: "jo@example.com", limit: 1 })).users.length);

  const { challengeId } = await authsignal.challenge({
    verificationMethod: "SMS",
    action: "signIn",
    phoneNumber: "+64",
  });
  const { isVerified } = await authsignal.verify({ challengeId, verificationCode: "012345" });
  const { token } = await authsignal.claimChallenge({ challengeId, userId });
  console.log("code", isVerified, (await authsignal.getChallenge({ challengeId })).challengeId === challengeId);
  const { accessToken, refreshToken } = await authsignal.createSession({ token, clientId: "app" });
  const session = await authsignal.validateSession({ accessToken, clientIds: ["app"] });
  console.log(
    "session of",
    session.user.userId,
    (await authsignal.refreshSession({ refreshToken })).accessToken.length,
  );
  await authsignal.revokeSession({ accessToken });
  await authsignal.revokeUserSessions({ userId });
  await authsignal.deleteAuthenticator({ userId, userAuthenticatorId: authenticator.userAuthenticatorId });
  await authsignal.deleteUser({ userId });

  const handle = (event: WebhookEvent): string => event.type;
  const payload = process.env.PAYLOAD ?? "";
  const event = authsignal.webhook.constructEvent(payload, process.env.SIGNATURE ?? "");
  console.log("webhook", event.type === "sms.created" ? handle(event) : "another");

  try {
    await new Authsignal({ ...options, apiSecretKey: "sk_of_another_region" }).getUser({ userId });
  } catch (error) {
    if (error instanceof AuthsignalError) console.log(error.statusCode, error.errorCode, error.errorDescription);
  }
}

await main();
