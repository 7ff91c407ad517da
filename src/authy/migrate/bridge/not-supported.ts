import { BridgeFailure } from "./operation.ts";

/** The features without a counterpart in Authsignal, with the alternative. */
const ALTERNATIVES = {
  "users.requestCall":
    "Authsignal places no calls. Use users.requestSms, or let users enroll an authenticator app, a passkey or WhatsApp and challenge them with authsignal.track",
  "users.requestEmail":
    'Start a challenge with authsignal.challenge({ verificationMethod: "EMAIL_OTP", … }) and check its code with authsignal.verify',
  "users.generateQr":
    "Send the user to the url of authsignal.track, where they can enroll an authenticator app; one that you have verified is enrolled by authsignal.enrollVerifiedAuthenticator with its otpUri",
  "users.registrationStatus":
    "There is no Authy app to register with. Call authsignal.getUser for what a user has enrolled",
  "users.registerActivity":
    "Track it with authsignal.track, under an action of its own and with custom data points for your rules",
  "users.exportPhoneNumber": "The number is yours: the one that users.create was given, or that your phoneOf gives",
  "users.exportSecret": "Authsignal gives no secret away. Bring those of Authy over before it is gone",
  "apps.fetch": "Call authsignal.getAuthenticatorConfigurations for what the tenant has set up",
  "stats.fetch":
    "The Authsignal portal shows how much a tenant is used; authsignal.queryUserActions lists a user's actions",
  "phones.info": "Authsignal tells nothing about the line of a number. Use a lookup service",
  'via "call"': 'Authsignal places no calls. Use via "sms"',
  customCode: "Authsignal makes the codes itself. Leave customCode out",
  customMessage: "The text of the message is set in the Authsignal portal. Leave customMessage out",
  "devices.delete": "Use authsignal.deleteAuthenticator, or authsignal.invalidateDevice",
  "oneTouch.readCallback":
    "Authy sends no callbacks any more. Verify Authsignal's webhooks with authsignal.webhook, or call oneTouch.getApprovalStatus",
  "oneTouch.validateOneTouchSignature":
    "Authy sends no callbacks any more. Verify Authsignal's webhooks with authsignal.webhook, or call oneTouch.getApprovalStatus",
} as const;

type Feature = keyof typeof ALTERNATIVES;

/** Returns the work of a method whose feature Authsignal does not have: it always fails. */
export function notSupported(feature: Feature): () => Promise<never> {
  return () => Promise.reject(notSupportedFailure(feature));
}

/** Returns the failure that names a feature and its alternative. */
export function notSupportedFailure(feature: Feature): BridgeFailure {
  return new BridgeFailure("not_supported", `${feature} has no counterpart in Authsignal. ${ALTERNATIVES[feature]}.`);
}
