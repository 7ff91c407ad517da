// A service with OpenTelemetry's instrumentation of node:http, as its documentation sets it up.
const { context, trace } = require("@opentelemetry/api");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-node");
const { callAll, options, packageName, report } = require("./calls.cjs");

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });

async function main() {
  const { Authsignal } = require(packageName);
  const parent = trace.getTracer("field").startSpan("withdraw");
  const results = await context.with(trace.setSpan(context.active(), parent), () => callAll(new Authsignal(options)));
  parent.end();
  const spans = exporter.getFinishedSpans().filter((span) => span !== parent);
  report({ results, spans: spans.map((span) => ({ id: span.spanContext().spanId, name: span.name })) });
}
main();
