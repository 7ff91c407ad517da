/** Runs in a process that looks like Cloudflare Workers, where the client uses the platform's `fetch`. */
import { Authsignal, AuthsignalError } from "../../src/index.ts";

const authsignal = new Authsignal({ apiSecretKey: "sk_test", apiUrl: process.env.SERVER, timeout: 500 });
const calls = {
  value: () => authsignal.getUser({ userId: "a/b" }),
  retried: () => authsignal.getUser({ userId: "once-503" }),
  redirected: () => authsignal.getUser({ userId: "redirect" }),
  silent: () => authsignal.getUser({ userId: "silent" }, { retries: 0 }),
  html: () => authsignal.challenge({ challengeId: "c" }),
};

const outcomes = Object.entries(calls).map(async ([name, call]) => {
  const outcome = await call().catch((error: unknown) => {
    if (!(error instanceof AuthsignalError)) throw error;
    const { statusCode, errorCode, attempts, mayHaveBeenProcessed } = error;
    return { statusCode, errorCode, attempts, mayHaveBeenProcessed };
  });
  return [name, outcome];
});
console.log(JSON.stringify(Object.fromEntries(await Promise.all(outcomes))));
