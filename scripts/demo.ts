/**
 * Runs a step-up withdrawal on a local emulator. Start it with `make demo`. In a terminal, or with `--keep`, the emulator runs on
 * after the end.
 */
import { once } from "node:events";
import { startEmulator } from "../src/emulator/index.ts";
import { Authsignal, AuthsignalError, UserActionState, type ValidateChallengeRequest } from "../src/index.ts";

const userId = "usr_123";
const action = "withdraw";
const phoneNumber = "+64270000000";

function say(what: string, result?: unknown): void {
  console.log(result === undefined ? `\n${what}` : `   ${what.padEnd(38)} ${format(result)}`);
}

function format(result: unknown): string {
  return typeof result === "string" ? result : JSON.stringify(result);
}

/** Returns the error of a call. */
async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof AuthsignalError || error instanceof Error) return error.message;
  }
  throw new Error("This should have been refused");
}

await using emulator = await startEmulator();
const { apiSecretKey, apiUrl, rules, outbox, clock, faults } = emulator;
console.log(`A local Authsignal listens on ${apiUrl}. It needs no account and sends no messages.`);

const authsignal = new Authsignal({ apiSecretKey, apiUrl });
const attributes = { redirectUrl: "http://localhost:3000/callback?page=2", custom: { amount: 250.5, currency: "NZD" } };

say(
  "1. Jo has a phone number that you have verified. It becomes a second factor. Without one, nothing can be challenged.",
);
rules.set(action, "CHALLENGE");
const before = await authsignal.track({ userId, action, attributes });
say("track, before Jo has a factor", `${before.state}, isEnrolled ${before.isEnrolled}: send Jo to url to enroll`);
const { authenticator } = await authsignal.enrollVerifiedAuthenticator({
  userId,
  attributes: { verificationMethod: "SMS", phoneNumber },
});
say("enrollVerifiedAuthenticator", `${authenticator.verificationMethod} ${authenticator.phoneNumber}`);

say("2. Jo wants to withdraw money. What Authsignal says about it depends on the tenant's rules:");
const next: Record<string, string> = {
  [UserActionState.ALLOW]: "carry it out",
  [UserActionState.BLOCK]: "refuse it",
  [UserActionState.REVIEW_REQUIRED]: "hold it until a reviewer has decided",
  [UserActionState.CHALLENGE_REQUIRED]: "send Jo to the challenge page",
};
for (const outcome of ["ALLOW", "BLOCK", "REVIEW", "CHALLENGE"] as const) {
  rules.set(action, outcome);
  const { state } = await authsignal.track({ userId, action, attributes });
  say(`track, with the rule ${outcome}`, `${state}: ${next[state] ?? "refuse it"}`);
}

say("3. Jo goes to the challenge page, and gets a text message.");
const tracked = await authsignal.track({ userId, action, attributes });
const visit = await emulator.visit(tracked.url);
say("the page offers", visit.methods.join(", "));
await visit.choose("SMS");
const { code } = await outbox.waitFor({ to: phoneNumber });
say("the text message says", `${code}`);
say("Jo mistypes it, and the page says", await refusalOf(visit.enter("000000")));
const { token, url } = await visit.enter(code);
say("Jo is sent back to", `${url?.slice(0, 60)}…`);

say("4. Jo comes back with a token. It counts when it is valid, and of this very withdrawal:");
const validate = async (
  what: string,
  { withdrawal = tracked.idempotencyKey, ...request }: ValidateChallengeRequest & { withdrawal?: string },
) => {
  const { isValid, state, error, idempotencyKey } = await authsignal.validateChallenge(request);
  const isThisOne = idempotencyKey === withdrawal;
  const reason = isValid && !isThisOne ? "of another attempt" : (error ?? state);
  say(what, `${isValid && isThisOne ? "withdraw" : "do not withdraw"} (isValid ${isValid}, ${reason})`);
};
await validate("a stranger with Jo's token", { token, userId: "usr_456", action });
await validate("the token, for something else", { token, userId, action: "changePassword" });
const other = await emulator.visit((await authsignal.track({ userId, action, attributes })).url);
await other.choose("SMS");
const { token: tokenOfOther } = await other.enter(code);
await validate("the token of another withdrawal", { token: tokenOfOther, userId, action });
await validate("Jo", { token, userId, action });
await validate("the same token once more", { token, userId, action });

say("5. Time passes at your command, and things go wrong when you want them to:");
const late = await authsignal.track({ userId, action, attributes });
clock.advance("16m");
await validate("a token after 16 minutes", { token: late.token, userId, action });
faults.add({ operations: ["track"], times: 1, processed: true, connection: "reset" });
const { idempotencyKey } = await authsignal.track({ userId, action, attributes });
const same = emulator.export().actions?.filter((one) => one.idempotencyKey === idempotencyKey).length;
say("track, whose first answer is lost", `is repeated by the client, and is still ${same} action`);
faults.add({ operations: ["challenge"], times: 1, processed: true, connection: "reset" });
outbox.clear();
const lost = authsignal.challenge({ verificationMethod: "SMS", action, phoneNumber });
say("challenge, whose answer is lost", await refusalOf(lost));
say("", `is not repeated: ${outbox.list().length} text message was sent`);

say("6. When something is wrong, an error says what, and holds no secret:");
const stranger = new Authsignal({ apiSecretKey: "sk_of_another_region", apiUrl });
say("a wrong key", await refusalOf(stranger.getUser({ userId })));
say("an id that would be another path", await refusalOf(authsignal.getUser({ userId: ".." })));

say("7. Everything that was asked is in the request log:");
const requests = emulator.requests.list();
say("requests", `${requests.length}, of which ${requests.filter(({ fault }) => fault).length} failed on demand`);

const stays = process.stdout.isTTY || process.argv.includes("--keep");
say("8. All of it can be looked at, and changed, in a browser:");
say("the inspector", `${emulator.origin}/`);
console.log(
  stays
    ? "\nThat is the whole flow. README.md shows the code. Press Ctrl+C to end."
    : "\nThat is the whole flow. README.md shows the code. The inspector has ended with it: `make emulator` opens one that stays.",
);
if (stays) await once(process, "SIGINT");
