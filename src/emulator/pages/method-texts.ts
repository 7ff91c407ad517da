/** How a method is confirmed on its page: with a code, with a link in a message, or on a device, which is simulated. */
export type ConfirmationKind = "code" | "link" | "device";

/** The texts of the pages about a method. */
export interface MethodTexts {
  readonly name: string;
  readonly kind: ConfirmationKind;
  /** Heading of the page on which the method is confirmed. */
  readonly heading: string;
  /** Returns what the user has to do there. */
  readonly task: (recipient: string | undefined) => string;
  /** Whether a message is sent, which the user can request again. */
  readonly isSent: boolean;
  /** What the user must enter to enroll the method. */
  readonly contact?: Contact | undefined;
}

/** Field of users, actions and authenticators that holds the recipient of a message. */
export type Contact = "phoneNumber" | "email";

const sentCode = (name: string, contact: Contact): MethodTexts => ({
  name,
  contact,
  kind: "code",
  heading: "Enter the code",
  task: (recipient) => `We sent a code${recipient === undefined ? "" : ` to ${recipient}`}. Enter it below.`,
  isSent: true,
});

const device = (name: string): MethodTexts => ({
  name,
  kind: "device",
  heading: name,
  task: () => "The emulator cannot use a real device or service. Choose the result.",
  isSent: false,
});

const METHODS = new Map<string, MethodTexts>(
  Object.entries({
    SMS: sentCode("Text message", "phoneNumber"),
    WHATSAPP: sentCode("WhatsApp message", "phoneNumber"),
    EMAIL_OTP: sentCode("Code by email", "email"),
    AUTHENTICATOR_APP: {
      name: "Authenticator app",
      kind: "code",
      heading: "Enter the code",
      task: () => "Enter the code from your authenticator app.",
      isSent: false,
    },
    RECOVERY_CODE: {
      name: "Recovery code",
      kind: "code",
      heading: "Enter a recovery code",
      task: () => "Enter one of your recovery codes. Each code works once.",
      isSent: false,
    },
    EMAIL_MAGIC_LINK: {
      name: "Link by email",
      contact: "email",
      kind: "link",
      heading: "Check your email",
      task: (recipient) =>
        `We sent a link${recipient === undefined ? "" : ` to ${recipient}`}. Open it and confirm, then come back here and continue.`,
      isSent: true,
    },
    PUSH: {
      name: "Push notification",
      kind: "link",
      heading: "Check your device",
      task: () => "We sent a notification to your device. Open it and confirm, then come back here and continue.",
      isSent: true,
    },
    PASSKEY: device("Passkey"),
    SECURITY_KEY: device("Security key"),
    PALM_BIOMETRICS_RR: device("Palm scan"),
    VERIFF: device("Veriff"),
    IPROOV: device("iProov"),
    IDVERSE: device("IDVerse"),
    DEVICE: device("Trusted device"),
  }),
);

/** Returns the texts of a method. A method without texts is treated as a device. */
export function textsOf(verificationMethod: string): MethodTexts {
  return METHODS.get(verificationMethod) ?? device(verificationMethod);
}
