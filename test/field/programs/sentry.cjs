// A service with Sentry, which records a transaction and sends nothing.
const Sentry = require("@sentry/node");
const { callAll, options, packageName, report } = require("./calls.cjs");

let spans = [];
Sentry.init({
  dsn: "http://key@127.0.0.1:9/1",
  tracesSampleRate: 1,
  beforeSendTransaction(event) {
    spans = event.spans.filter(({ op }) => op === "http.client");
    return null;
  },
});

async function main() {
  const { Authsignal } = require(packageName);
  const results = await Sentry.startSpan({ name: "withdraw", op: "task" }, () => callAll(new Authsignal(options)));
  await Sentry.flush(2_000);
  report({ results, spans: spans.map(({ span_id, description }) => ({ id: span_id, name: description })) });
}
main();
