// A service with New Relic's agent in its mode for functions, in which it calls no collector.
const newrelic = require("newrelic");
const { callAll, options, packageName, report } = require("./calls.cjs");

async function main() {
  const { Authsignal } = require(packageName);
  const results = await newrelic.startBackgroundTransaction("withdraw", () => callAll(new Authsignal(options)));
  const spans = newrelic.agent.spanEventAggregator.getEvents().map(({ intrinsics }) => intrinsics);
  const external = spans.filter(({ category }) => category === "http");
  report({ results, spans: external.map(({ guid, name }) => ({ id: guid, name })) });
}
main();
