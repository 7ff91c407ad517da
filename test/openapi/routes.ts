/** The operations of each spec, and their routes. */
export const ROUTES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  authsignal: {
    queryUsers: "GET /users",
    getUser: "GET /users/{userId}",
    updateUser: "PATCH /users/{userId}",
    deleteUser: "DELETE /users/{userId}",
    getAuthenticators: "GET /users/{userId}/authenticators",
    enrollVerifiedAuthenticator: "POST /users/{userId}/authenticators",
    deleteAuthenticator: "DELETE /users/{userId}/authenticators/{userAuthenticatorId}",
    batchEnrollVerifiedAuthenticators: "POST /users/authenticators",
    getAuthenticatorConfigurations: "GET /authenticators",
    track: "POST /users/{userId}/actions/{action}",
    getAction: "GET /users/{userId}/actions/{action}/{idempotencyKey}",
    queryUserActions: "GET /users/{userId}/actions",
    updateAction: "PATCH /users/{userId}/actions/{action}/{idempotencyKey}",
    challenge: "POST /challenge",
    verify: "POST /verify",
    claimChallenge: "POST /claim",
    getChallenge: "GET /challenges",
    validateChallenge: "POST /validate",
    createSession: "POST /sessions",
    validateSession: "POST /sessions/validate",
    refreshSession: "POST /sessions/refresh",
    revokeSession: "POST /sessions/revoke",
    revokeUserSessions: "POST /sessions/user/revoke",
    getDevices: "GET /users/{userId}/devices",
    updateDevice: "PATCH /users/{userId}/devices/{deviceId}",
    invalidateDevice: "POST /users/{userId}/devices/{deviceId}/invalidate",
  },
  authy: {
    usersCreate: "POST /protected/json/users/new",
    usersRequestSms: "GET /protected/json/sms/{authy_id}",
    usersRequestCall: "GET /protected/json/call/{authy_id}",
    usersStatus: "GET /protected/json/users/{authy_id}/status",
    usersDelete: "POST /protected/json/users/{authy_id}/delete",
    usersGenerateQr: "POST /protected/json/users/{authy_id}/secret",
    usersRegistrationStatus: "GET /protected/json/registrations/status",
    tokensVerify: "GET /protected/json/verify/{token}/{authy_id}",
    appsFetch: "GET /protected/json/app/details",
    statsFetch: "GET /protected/json/app/stats",
    phonesVerificationStart: "POST /protected/json/phones/verification/start",
    phonesVerificationCheck: "GET /protected/json/phones/verification/check",
    phonesInfo: "GET /protected/json/phones/info",
    oneTouchSendRequest: "POST /onetouch/json/users/{authy_id}/approval_requests",
    oneTouchGetApprovalStatus: "GET /onetouch/json/approval_requests/{uuid}",
    usersRemove: "POST /protected/json/users/{authy_id}/remove",
    usersRequestEmail: "POST /protected/json/email/{authy_id}",
    usersUpdate: "POST /protected/json/users/{authy_id}/update",
    usersRegisterActivity: "POST /protected/json/users/{authy_id}/register_activity",
    phonesVerificationStatus: "GET /protected/json/phones/verification/status",
    usersExportPhoneNumber: "GET /protected/json/users/{authy_id}/phone_number",
    usersExportSecret: "GET /protected/json/users/{authy_id}/secret/export",
    devicesDelete: "DELETE /protected/json/sdk/devices/{device_id}",
  },
  "call-connect": { startCall: "POST /call/start", finishCall: "POST /call/finish" },
  "client-api": {
    enrollSms: "POST /client/user-authenticators/sms",
    enrollEmailOtp: "POST /client/user-authenticators/email-otp",
    enrollEmailMagicLink: "POST /client/user-authenticators/email-magic-link",
    enrollTotp: "POST /client/user-authenticators/totp",
    challengeSms: "POST /client/challenge/sms",
    challengeEmailOtp: "POST /client/challenge/email-otp",
    challengeWhatsapp: "POST /client/challenge/whatsapp",
    challengeEmailMagicLink: "POST /client/challenge/email-magic-link",
    challengePush: "POST /client/challenge/push",
    verifySms: "POST /client/verify/sms",
    verifyEmailOtp: "POST /client/verify/email-otp",
    verifyWhatsapp: "POST /client/verify/whatsapp",
    verifyTotp: "POST /client/verify/totp",
    verifyPush: "POST /client/verify/push",
    finalizeEmailMagicLink: "POST /client/verify/email-magic-link/finalize",
  },
};

/** Whether each Authy operation is repeatable. The verb does not decide: some GETs send a message or consume a code. */
const AUTHY_REPEATABLE: Readonly<Record<string, string>> = {
  usersCreate: "never",
  usersRequestSms: "never",
  usersRequestCall: "never",
  usersStatus: "always",
  usersDelete: "always",
  usersGenerateQr: "never",
  usersRegistrationStatus: "always",
  tokensVerify: "never",
  appsFetch: "always",
  statsFetch: "always",
  phonesVerificationStart: "never",
  phonesVerificationCheck: "never",
  phonesInfo: "always",
  oneTouchSendRequest: "never",
  oneTouchGetApprovalStatus: "always",
  usersRemove: "always",
  usersRequestEmail: "never",
  usersUpdate: "always",
  usersRegisterActivity: "never",
  phonesVerificationStatus: "always",
  usersExportPhoneNumber: "always",
  usersExportSecret: "always",
  devicesDelete: "always",
};

/** Whether an operation is repeatable. */
export function repeatable(file: string, name: string, route: string): string | undefined {
  if (file === "authy") return AUTHY_REPEATABLE[name];
  if (!route.startsWith("POST")) return "always";
  return file === "authsignal" && name === "track" ? "with-key" : "never";
}

/** The failures of an Authy operation besides the common ones. */
const AUTHY_FAILURES: Readonly<Record<string, readonly string[]>> = {
  usersRequestSms: ["403", "404"],
  usersRequestCall: ["403", "404"],
  usersStatus: ["404"],
  usersDelete: ["404"],
  usersGenerateQr: ["403", "404"],
  usersRegistrationStatus: ["404"],
  tokensVerify: ["404"],
  phonesVerificationStart: ["403"],
  phonesVerificationCheck: ["404"],
  phonesInfo: ["500"],
  oneTouchSendRequest: ["403", "404"],
  oneTouchGetApprovalStatus: ["404"],
  usersRemove: ["404"],
  usersRequestEmail: ["404"],
  usersUpdate: ["404"],
  usersRegisterActivity: ["404"],
  phonesVerificationStatus: ["404"],
  usersExportPhoneNumber: ["403", "404", "500"],
  usersExportSecret: ["403", "404", "500"],
  devicesDelete: ["404", "500"],
};

/** Returns the sorted failures of an operation. */
export function failuresOf(file: string, name: string): readonly string[] {
  if (file !== "authy") return ["400", "401", "403", "404", "409", "429", "default"];
  return ["400", "401", "429", "503", "default", ...(AUTHY_FAILURES[name] ?? [])].sort();
}
