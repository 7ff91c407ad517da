// A program with Datadog's tracer, without its agent: a service, or a job that does not load node:http.
const spans = [];
const request = (span) => span && spans.push({ id: span.context().toSpanId(), name: span.context()._name });
const tracer = require("dd-trace").init({ startupLogs: false });
tracer.use("http", { client: { hooks: { request } } });
if (process.env.SERVER) require("node:http").createServer();
const { callAll, options, packageName, report } = require("./calls.cjs");

async function main() {
  const { Authsignal } = require(packageName);
  const results = await tracer.trace("withdraw", () => callAll(new Authsignal(options)));
  report({ results, spans });
}
main();
