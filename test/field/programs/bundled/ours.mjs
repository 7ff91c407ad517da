// A program with client, webhooks and step-up.
import { Authsignal } from "authsignal-ts";
import { createStepUp } from "authsignal-ts/step-up";
import { callAll, options, report } from "../calls.mjs";

const authsignal = new Authsignal(options);
const stepUp = createStepUp({
  authsignal,
  secret: "x".repeat(32),
  returnUrl: "https://app.example.com/back",
  action: "withdraw",
});
callAll(authsignal).then((results) => report({ results, stepUp: typeof stepUp.begin }));
