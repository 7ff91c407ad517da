/** How a method is confirmed on the page: by a code, by a link that was sent, or by a button that stands for a device. */
export type Way = "code" | "link" | "device";

/** What the pages say about a method. */
export interface MethodWords {
  readonly name: string;
  readonly way: Way;
  /** The heading of the page on which it is confirmed. */
  readonly heading: string;
  /** What to do there. */
  readonly task: (recipient: string | undefined) => string;
  /** Whether a message is sent, and so can be sent again. */
  readonly isSent: boolean;
}

const sentCode = (name: string): MethodWords => ({
  name,
  way: "code",
  heading: "Enter the code",
  task: (recipient) => `We have sent a code${recipient === undefined ? "" : ` to ${recipient}`}. Enter it here.`,
  isSent: true,
});

const METHODS: Readonly<Record<string, MethodWords>> = {
  SMS: sentCode("Text message"),
  WHATSAPP: sentCode("WhatsApp message"),
  EMAIL_OTP: sentCode("Code by e-mail"),
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
};

/** Names of the methods that need a device or a service of somebody else. */
const DEVICES: Readonly<Record<string, string>> = {
  PASSKEY: "Passkey",
  SECURITY_KEY: "Security key",
  PALM_BIOMETRICS_RR: "Palm scan",
  VERIFF: "Veriff",
  IPROOV: "iProov",
  IDVERSE: "IDVerse",
  DEVICE: "Trusted device",
};

/** What the pages say about a method; one that is not known is taken for a device. */
export function wordsOf(verificationMethod: string): MethodWords {
  if (Object.hasOwn(METHODS, verificationMethod)) {
    const words = METHODS[verificationMethod];
    if (words) return words;
  }
  const name = new Map(Object.entries(DEVICES)).get(verificationMethod) ?? verificationMethod;
  return {
    name,
    way: "device",
    heading: name,
    task: () => "The emulator cannot ask a real device. Say how it shall turn out.",
    isSent: false,
  };
}
