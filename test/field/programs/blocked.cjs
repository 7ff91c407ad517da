// A service whose event loop is blocked for longer than the server keeps a connection.
const { options, packageName, report, settle } = require("./calls.cjs");

async function main() {
  const { Authsignal } = require(packageName);
  const client = new Authsignal(options);
  const getUser = await settle(client.getUser({ userId: "ann" }));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 7_000);
  report({ results: { getUser, validateChallenge: await settle(client.validateChallenge({ token: "t" })) } });
}
main();
