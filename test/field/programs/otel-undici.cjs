// OpenTelemetry's instrumentation of the platform's fetch, which the client gets as its option.
const { context, trace } = require("@opentelemetry/api");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { UndiciInstrumentation } = require("@opentelemetry/instrumentation-undici");
const { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-node");
const { callAll, options, packageName, report } = require("./calls.cjs");

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });

async function main() {
  const { Authsignal } = require(packageName);
  const parent = trace.getTracer("field").startSpan("withdraw");
  const client = new Authsignal({ ...options, fetch });
  const results = await context.with(trace.setSpan(context.active(), parent), () => callAll(client));
  parent.end();
  const spans = exporter.getFinishedSpans().filter((span) => span !== parent);
  report({ results, spans: spans.map((span) => ({ id: span.spanContext().spanId, name: span.name })) });
}
main();
