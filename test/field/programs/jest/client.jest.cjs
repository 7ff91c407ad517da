const { callAll, options, packageName, write } = require("../calls.cjs");

test("every call", async () => {
  const { Authsignal } = require(packageName);
  write({ results: await callAll(new Authsignal(options)), jsdom: navigator.userAgent.includes("jsdom") });
});
