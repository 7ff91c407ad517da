// A program with zone.js, which replaces the promises of the platform.
require("zone.js");
const { callAll, options, packageName, report } = require("./calls.cjs");

async function main() {
  const { Authsignal, snakeCase } = require(packageName);
  const client = new Authsignal(options);
  const results = await callAll(client);
  const user = await snakeCase?.(client).get_user({ user_id: "ann" });
  report({ results, user, zoned: Promise.name });
}
main();
