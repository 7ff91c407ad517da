/** Walks through a step-up withdrawal, from the client's side, against a mock server of the spec. Run it with `make demo`. */
import { Authsignal, AuthsignalError, UserActionState, Webhook } from "../src/index.ts";
import { startPrism } from "./prism.ts";

const userId = "usr_123";
const action = "withdraw";

/** Tells the mock which of the spec's examples to answer with, through the seam that every client has: `fetch`. */
function answering(example: string) {
  return (request: Request) => {
    request.headers.set("prefer", example);
    return fetch(request);
  };
}

function say(what: string, result?: unknown): void {
  console.log(result === undefined ? `\n${what}` : `   ${what.padEnd(38)} ${format(result)}`);
}

function format(result: unknown): string {
  return typeof result === "string" ? result : JSON.stringify(result);
}

const prism = await startPrism("authsignal");
console.log(
  `A mock of the Authsignal Server API listens on ${prism.url}. It knows the spec, and nothing of keys or users.`,
);

const connection = { apiSecretKey: "sk_demo_secret", apiUrl: prism.url };
const authsignal = new Authsignal(connection);
const withAnswer = (example: string) => new Authsignal({ ...connection, fetch: answering(example) });

try {
  say("1. Jo wants to withdraw money. Who is Jo?");
  const user = await authsignal.getUser({ userId });
  say("authsignal.getUser", { isEnrolled: user.isEnrolled, methods: user.enrolledVerificationMethods });

  say("2. You have verified Jo's phone number yourself, so it can become a second factor.");
  const { authenticator } = await authsignal.enrollVerifiedAuthenticator({
    userId,
    attributes: { verificationMethod: "SMS", phoneNumber: "+64270000000" },
  });
  say("authsignal.enrollVerifiedAuthenticator", `${authenticator.verificationMethod} ${authenticator.phoneNumber}`);

  say("3. Tell Authsignal what Jo is about to do. Its rules have four possible outcomes:");
  for (const example of ["allow", "block", "reviewRequired", "challengeRequired"]) {
    const { state, url } = await withAnswer(`example=${example}`).track({
      userId,
      action,
      attributes: { redirectUrl: "https://app.example.com/callback", custom: { amount: 250.5, currency: "NZD" } },
    });
    const next: Record<string, string> = {
      [UserActionState.ALLOW]: "carry it out",
      [UserActionState.BLOCK]: "refuse it",
      [UserActionState.REVIEW_REQUIRED]: "hold it until somebody has looked",
      [UserActionState.CHALLENGE_REQUIRED]: `send Jo to ${url.slice(0, 40)}…`,
    };
    say(`authsignal.track → ${state}`, next[state] ?? "refuse it");
  }

  say("4. Jo comes back from the challenge with a token. Only isValid decides:");
  for (const example of ["succeeded", "notYetDone", "wrongUser", "wrongAction"]) {
    const token = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";
    const answer = await withAnswer(`example=${example}`).validateChallenge({ token, userId, action });
    const why = answer.error ?? answer.state;
    say(
      "authsignal.validateChallenge",
      `${answer.isValid ? "withdraw" : "do not withdraw"} (isValid ${answer.isValid}, ${why})`,
    );
  }

  say("5. When something is wrong, an error says what, and holds no secret:");
  const failures = {
    "a wrong key": () => withAnswer("code=401").getUser({ userId }),
    "an id that would be another path": () => authsignal.getUser({ userId: ".." }),
    "an option out of range": () => authsignal.getUser({ userId }, { timeout: -1 }),
  };
  for (const [name, call] of Object.entries(failures)) {
    try {
      await call();
    } catch (error) {
      if (!(error instanceof AuthsignalError)) throw error;
      say(name, error.message);
    }
  }

  say("6. Authsignal calls your webhook. The signature proves that it was Authsignal:");
  const payload = JSON.stringify({
    version: 1,
    id: "1",
    type: "sms.created",
    data: { to: "+64270000000", code: "482913" },
  });
  const signature = new Webhook(connection.apiSecretKey).sign(payload);
  const event = authsignal.webhook.constructEvent(payload, signature);
  if (event.type === "sms.created") say("a genuine delivery", `text ${event.data.code} to ${event.data.to}`);
  try {
    authsignal.webhook.constructEvent(payload.replace("482913", "000000"), signature);
  } catch (error) {
    say("a forged one", String(error));
  }
  console.log("\nThat is the whole flow. README.md shows the code.");
} finally {
  await prism[Symbol.asyncDispose]();
}
