// What all programs share: which client to take, the calls to make with it, and how to report what came of them.

const { API_URL, CLIENT } = process.env;

/** The package of the client that this run is about. */
exports.packageName = CLIENT === "ours" ? "authsignal-ts" : "@authsignal/node";

/** Options that both clients take. */
exports.options = { apiSecretKey: "sk_field", apiUrl: API_URL };

/** Makes every call in turn. A call that fails is told as what its error says. */
exports.callAll = async (client) => ({
  getUser: await settle(client.getUser({ userId: "ann" })),
  track: await settle(
    client.track({
      userId: "ann",
      action: "withdraw",
      attributes: { ipAddress: "203.0.113.7", custom: { amount: 5 } },
    }),
  ),
  validateChallenge: await settle(client.validateChallenge({ token: "t", action: "withdraw" })),
  refused: await settle(client.getUser({ userId: "gone" })),
});

const settle = (call) => call.catch(describeError);
exports.settle = settle;

function describeError(error) {
  const { name, message, errorCode, statusCode, attempts, mayHaveBeenProcessed, cause } = error;
  return { name, message, errorCode, statusCode, attempts, mayHaveBeenProcessed, cause: cause && String(cause) };
}

/** Writes the one line that the test reads, and ends the process. */
exports.report = (value) => process.stdout.write(`\n${JSON.stringify(value)}\n`, () => process.exit());
