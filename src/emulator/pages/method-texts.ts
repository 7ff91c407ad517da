/** How a method is confirmed on the page: by a code, by a link that was sent, or by a button that stands for a device. */
export type Way = "code" | "link" | "device";

/** What the pages say about a method. */
export interface MethodTexts {
  readonly name: string;
  readonly way: Way;
  /** The heading of the page on which it is confirmed. */
  readonly heading: string;
  /** What to do there. */
  readonly task: (recipient: string | undefined) => string;
  /** Whether a message is sent, and so can be sent again. */
  readonly isSent: boolean;
  /** What has to be known to set it up. */
  readonly contact?: Contact | undefined;
}

/** What a message is sent to, as users, actions and authenticators call it. */
export type Contact = "phoneNumber" | "email";

const sentCode = (name: string, contact: Contact): MethodTexts => ({
  name,
  contact,
  way: "code",
  heading: "Enter the code",
  task: (recipient) => `We have sent a code${recipient === undefined ? "" : ` to ${recipient}`}. Enter it here.`,
  isSent: true,
});

const device = (name: string): MethodTexts => ({
  name,
  way: "device",
  heading: name,
  task: () => "The emulator cannot ask a real device or service. Choose what happens.",
  isSent: false,
});

const METHODS = new Map<string, MethodTexts>(
  Object.entries({
    SMS: sentCode("Text message", "phoneNumber"),
    WHATSAPP: sentCode("WhatsApp message", "phoneNumber"),
    EMAIL_OTP: sentCode("Code by e-mail", "email"),
    AUTHENTICATOR_APP: {
      name: "Authenticator app",
      way: "code",
      heading: "Enter the code",
      task: () => "Enter the code that your authenticator app shows.",
      isSent: false,
    },
    RECOVERY_CODE: {
      name: "Recovery code",
      way: "code",
      heading: "Enter a recovery code",
      task: () => "Enter one of the recovery codes that you were given. Each works once.",
      isSent: false,
    },
    EMAIL_MAGIC_LINK: {
      name: "Link by e-mail",
      contact: "email",
      way: "link",
      heading: "Open the link",
      task: (recipient) =>
        `We have sent a link${recipient === undefined ? "" : ` to ${recipient}`}. Open it, confirm there, then come back and continue.`,
      isSent: true,
    },
    PUSH: {
      name: "Push notification",
      way: "link",
      heading: "Answer on your device",
      task: () => "We have sent a notification to your device. Open it, confirm there, then come back and continue.",
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

/** What the pages say about a method; one that is not known is taken for a device. */
export function textsOf(verificationMethod: string): MethodTexts {
  return METHODS.get(verificationMethod) ?? device(verificationMethod);
}
